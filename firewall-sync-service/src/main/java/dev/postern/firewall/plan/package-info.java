// SPDX-License-Identifier: Apache-2.0
/**
 * The planner: desired state, observed state, provider limits, and the calls that make one match the other.
 *
 * <p>Pure: imports JDK values and dev.postern.events only, not even the openings.
 */
package dev.postern.firewall.plan;
