// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP/1.1 guard: strict parsing of head, target and body framing, idle and slow connections, and the caller's address.
 *
 * <p>Knows no provider and no grant: imports Netty, Vert.x and the percent decoding of http-edge, and no other package of the service but the core.
 */
package dev.postern.token.http1;
