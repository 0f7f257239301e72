// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import java.time.Instant;

/**
 * Revokes a token by its secret (RFC 7009). The access itself continues, and its owner can fetch another token.
 *
 * @param digest of the secret
 * @param by     who revokes it
 * @param now    when
 */
public record RevokeToken(TokenDigest digest, Actor by, Instant now) {
    /** Unchanged if it is not the live token of this request. */
    public Outcome<AccessRequest> decide(AccessRequest request) {
        return request.revokeToken(digest, by, now);
    }
}
