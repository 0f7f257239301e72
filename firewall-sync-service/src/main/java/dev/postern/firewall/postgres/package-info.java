// SPDX-License-Identifier: Apache-2.0
/**
 * Storage of openings, services, owners, observations and call counters in PostgreSQL.
 *
 * <p>May import the core, plan, budget, cloud, accounts and transactional-messaging.
 */
package dev.postern.firewall.postgres;
