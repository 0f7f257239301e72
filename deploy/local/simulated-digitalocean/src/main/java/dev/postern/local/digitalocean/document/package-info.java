// SPDX-License-Identifier: Apache-2.0
/**
 * Checks of calls and answers against DigitalOcean's OpenAPI document.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.local.digitalocean.document;
