// SPDX-License-Identifier: Apache-2.0
/**
 * Outbox, relay, inbox and dead letters: events are published exactly as decided, in the order of their key, and have their effect once.
 *
 * <p>A library: may import frameworks and dev.postern.events; no service.
 */
package dev.postern.messaging;
