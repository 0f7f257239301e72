// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.token.AccessRequest.Granted;

/**
 * The grant behind a live token.
 *
 * @param introspection the answer to introspection of the token, as it is sent; it is never changed
 */
record CachedGrant(Granted grant, byte[] introspection) {}
