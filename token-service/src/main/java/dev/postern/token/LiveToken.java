// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.TokenId;
import java.time.Instant;

/**
 * The one token of a grant that opens anything. Dead ones leave no trace here; the events record them.
 *
 * @param id       names it without telling its secret
 * @param digest   of its secret
 * @param issuedAt when its owner collected it
 */
public record LiveToken(TokenId id, TokenDigest digest, Instant issuedAt) {}
