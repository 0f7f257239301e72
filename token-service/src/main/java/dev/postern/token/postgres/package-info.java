// SPDX-License-Identifier: Apache-2.0
/**
 * Storage of requests, tokens, call counters and the call journal in PostgreSQL.
 *
 * <p>May import the core, call, status, port and transactional-messaging.
 */
package dev.postern.token.postgres;
