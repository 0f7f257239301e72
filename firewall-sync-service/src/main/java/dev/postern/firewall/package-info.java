/**
 * Openings and firewall plans as values: desired state, observed state, diff and plan.
 *
 * <p>Pure: imports JDK values and dev.postern.events only.
 */
package dev.postern.firewall;
