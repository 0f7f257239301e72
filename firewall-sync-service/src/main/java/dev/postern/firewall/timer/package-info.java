/**
 * Timers that trigger runs, inspections, expiry and alerts.
 *
 * <p>May import the core, cloud, postgres and reconcile.
 */
package dev.postern.firewall.timer;
