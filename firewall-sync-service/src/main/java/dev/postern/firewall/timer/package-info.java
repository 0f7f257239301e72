// SPDX-License-Identifier: Apache-2.0
/**
 * Timers that trigger runs, inspections, expiry and alerts.
 *
 * <p>May import everything but kafka, http and the providers.
 */
package dev.postern.firewall.timer;
