// SPDX-License-Identifier: Apache-2.0
/**
 * The provider's side of a gateway: passed headers, rewritten links, bodies, and the memory for them.
 *
 * <p>Knows no operation and no grant: imports http1 and port.
 */
package dev.postern.token.upstream;
