// SPDX-License-Identifier: Apache-2.0
/**
 * The budget of provider calls: its policy, what was used, and the permit that each call needs.
 *
 * <p>Without clock, randomness and threads. May import the core and the plan; counting answers later, as Mutiny's Uni.
 */
package dev.postern.firewall.budget;
