/**
 * Clients of the firewall providers (DigitalOcean, Cloudflare) with their rate limiters and credentials.
 *
 * <p>May import the core and postgres.
 */
package dev.postern.firewall.cloud;
