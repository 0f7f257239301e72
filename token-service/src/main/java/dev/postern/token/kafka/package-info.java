/**
 * Consumers of decisions, firewall changes and token events.
 *
 * <p>May import the core, postgres, timer, truth and transactional-messaging.
 */
package dev.postern.token.kafka;
