// SPDX-License-Identifier: Apache-2.0
/**
 * Contracts that the services share: events, identifiers, topics and their JSON Schemas.
 *
 * <p>Imports JDK values, Jackson, JSON Schema and address parsing; no service.
 */
package dev.postern.events;
