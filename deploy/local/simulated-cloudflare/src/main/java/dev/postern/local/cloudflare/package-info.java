// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated Cloudflare API in memory: lists of addresses with their bulk operations, limits and refusals.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.local.cloudflare;
