/**
 * The reconciliation loop: reads desired and observed state, plans, and carries the plan out at the provider.
 *
 * <p>May import the core, cloud and postgres.
 */
package dev.postern.firewall.reconcile;
