// SPDX-License-Identifier: Apache-2.0
/**
 * Cloudflare's lists of addresses as a provider, with the queue of an account's bulk operations.
 *
 * <p>May import the core, plan, budget and cloud; no other provider. CDI finds CloudflareProviderFactory; nobody imports this package.
 */
package dev.postern.firewall.cloud.cloudflare;
