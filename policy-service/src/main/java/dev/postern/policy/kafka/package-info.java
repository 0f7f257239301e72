// SPDX-License-Identifier: Apache-2.0
/**
 * Consumers of access requests and protected services.
 *
 * <p>May import the core, postgres and transactional-messaging.
 */
package dev.postern.policy.kafka;
