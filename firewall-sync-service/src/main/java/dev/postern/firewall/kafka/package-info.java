/**
 * Consumers of access decisions and ends, which save openings and trigger the reconciler.
 *
 * <p>May import the core, postgres, reconcile and transactional-messaging.
 */
package dev.postern.firewall.kafka;
