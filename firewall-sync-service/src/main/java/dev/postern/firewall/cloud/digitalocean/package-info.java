// SPDX-License-Identifier: Apache-2.0
/**
 * DigitalOcean's cloud firewalls as a provider.
 *
 * <p>May import the core, plan, budget and cloud; no other provider. CDI finds DigitalOceanProviderFactory; nobody imports this package.
 */
package dev.postern.firewall.cloud.digitalocean;
