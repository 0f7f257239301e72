/**
 * HTTP routes of protected services and of the reconciliation report.
 *
 * <p>May import the core, cloud, postgres, reconcile and http-edge.
 */
package dev.postern.firewall.http;
