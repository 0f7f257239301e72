// SPDX-License-Identifier: Apache-2.0
/**
 * Consumer of every topic, which appends each event to the log once.
 *
 * <p>May import the core, postgres and transactional-messaging.
 */
package dev.postern.audit.kafka;
