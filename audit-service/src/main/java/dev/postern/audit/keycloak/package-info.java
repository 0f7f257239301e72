// SPDX-License-Identifier: Apache-2.0
/**
 * Callers of the audit log as Keycloak knows them, and the ready policy enforcer.
 *
 * <p>May import http-edge; knows nothing of storage.
 */
package dev.postern.audit.keycloak;
