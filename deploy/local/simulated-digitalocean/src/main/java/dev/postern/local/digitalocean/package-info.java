// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated DigitalOcean API in memory: firewalls that take effect later, and the resources around them.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.local.digitalocean;
