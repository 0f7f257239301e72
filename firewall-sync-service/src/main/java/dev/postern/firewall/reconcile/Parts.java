package dev.postern.firewall.reconcile;

import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.postgres.Notes;
import dev.postern.firewall.postgres.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * What activations work with.
 *
 * @param layouts        what the plans before were computed of
 * @param clock          what time it is
 * @param removals       how much may go without a reason
 * @param holdOpeningMax for how long a change waits for the provider to finish the one before
 * @param holdClosingMax the same for a change that closes
 */
record Parts(Owner ownership, Notes store, Errand.Desk desk, KeptLayouts layouts, FailPoint failPoint, ReconcileMetrics metrics,
             Supplier<Instant> clock, LimitRemovals removals, Duration holdOpeningMax, Duration holdClosingMax) { }
