// SPDX-License-Identifier: Apache-2.0
/**
 * The DigitalOcean API gateway: the steps of a call, from its token to the provider's response.
 *
 * <p>May import every pure package, http1, upstream and http-edge; no other adapter.
 */
package dev.postern.token.gateway.digitalocean;
