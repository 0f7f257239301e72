/**
 * Storage of openings, services, owners and observations in PostgreSQL.
 *
 * <p>May import the core, cloud and transactional-messaging.
 */
package dev.postern.firewall.postgres;
