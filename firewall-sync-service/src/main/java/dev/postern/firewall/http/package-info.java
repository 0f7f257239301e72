// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP routes of protected services and of the reconciliation report.
 *
 * <p>May import everything but kafka and the providers; and http-edge.
 */
package dev.postern.firewall.http;
