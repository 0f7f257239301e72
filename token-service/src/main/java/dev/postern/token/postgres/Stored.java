// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.token.AccessRequest;

/**
 * A request as it is kept.
 *
 * @param request its life
 * @param version counts its changes, from 1
 */
public record Stored(AccessRequest request, long version) {}
