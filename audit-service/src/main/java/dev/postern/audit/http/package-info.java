// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP routes of the audit log: entries, checkpoint and the live stream.
 *
 * <p>May import the core, postgres, keycloak and http-edge.
 */
package dev.postern.audit.http;
