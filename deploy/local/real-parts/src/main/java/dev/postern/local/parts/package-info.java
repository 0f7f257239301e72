// SPDX-License-Identifier: Apache-2.0
/**
 * Real Kafka, PostgreSQL and Keycloak for tests and for the local stack, as containers or as child processes.
 *
 * <p>A tool: may import anything but the services.
 */
package dev.postern.local.parts;
