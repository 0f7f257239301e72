// SPDX-License-Identifier: Apache-2.0
/**
 * Consumers of decisions and firewall changes.
 *
 * <p>May import the core, postgres, timer and transactional-messaging.
 */
package dev.postern.token.kafka;
