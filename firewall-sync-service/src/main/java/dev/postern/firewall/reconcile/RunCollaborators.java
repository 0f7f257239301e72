// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.postgres.Owner;
import dev.postern.firewall.postgres.ReconcileStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Collaborators of every run.
 *
 * @param clock          what time it is
 * @param names          names of this installation's objects
 * @param removals       how much may go without a reason
 * @param holdOpeningMax for how long a change waits for the provider to finish the one before
 * @param holdClosingMax the same for a change that closes
 * @param learned        what refusals taught
 */
record RunCollaborators(Owner ownership, ReconcileStore store, CallPriority.ProviderClients desk, FailPoint failPoint, ReconcileMetrics metrics,
                        Supplier<Instant> clock, ObjectNames names, LimitRemovals removals, Duration holdOpeningMax, Duration holdClosingMax,
                        Map<RunCollaborators.Place, Workarounds> learned) {
    /** One service at one account. */
    record Place(AccountName account, ServiceName service) {}

    Workarounds workarounds(AccountName account, ServiceName service) {
        return learned.computeIfAbsent(new Place(account, service), none -> new Workarounds());
    }
}
