// SPDX-License-Identifier: Apache-2.0
/**
 * The reconciliation loop: reads desired and observed state, plans, and carries the plan out at the provider.
 *
 * <p>May import the core, plan, budget, cloud, accounts and postgres; no provider.
 */
package dev.postern.firewall.reconcile;
