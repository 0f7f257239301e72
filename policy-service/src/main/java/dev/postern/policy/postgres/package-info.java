// SPDX-License-Identifier: Apache-2.0
/**
 * Storage of policies, protected services and decisions in PostgreSQL, and the cache of compiled policy sets.
 *
 * <p>May import the core and transactional-messaging.
 */
package dev.postern.policy.postgres;
