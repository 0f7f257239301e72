// SPDX-License-Identifier: Apache-2.0
/**
 * Openings as values: their states, what a run may conclude from the observed state, and the news that it publishes.
 *
 * <p>Pure: imports JDK values, dev.postern.events and the plan only.
 */
package dev.postern.firewall;
