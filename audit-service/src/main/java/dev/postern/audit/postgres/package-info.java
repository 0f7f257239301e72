// SPDX-License-Identifier: Apache-2.0
/**
 * Storage of the audit log in PostgreSQL: append, read, search, and notifications of appends.
 *
 * <p>May import the core and transactional-messaging.
 */
package dev.postern.audit.postgres;
