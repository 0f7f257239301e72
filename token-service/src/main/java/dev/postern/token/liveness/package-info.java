// SPDX-License-Identifier: Apache-2.0
/**
 * Which tokens are active: the poller of PostgreSQL, the feed from Kafka, and the verifier that answers from both.
 *
 * <p>May import the core, status, port, postgres and transactional-messaging.
 */
package dev.postern.token.liveness;
