// SPDX-License-Identifier: Apache-2.0
/**
 * Consumers of access decisions and ends, which save openings and trigger the reconciler.
 *
 * <p>May import everything but http and the providers.
 */
package dev.postern.firewall.kafka;
