/**
 * Storage of requests, tokens, call counters and the call journal in PostgreSQL, and the token poller.
 *
 * <p>May import the core, call, truth, gateway and transactional-messaging.
 */
package dev.postern.token.postgres;
