// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceName;
import dev.postern.firewall.postgres.ConditionStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Stores since when a service's runs fail and why; runs that succeed one after the other cost nothing. */
@ApplicationScoped
public class RunConditions {
    private static final Logger LOG = Logger.getLogger(RunConditions.class);

    private final ConditionStore store;
    /** Services whose last run in this process succeeded; of others the table may say that they fail. */
    private final Map<ServiceName, Boolean> succeeding = new ConcurrentHashMap<>();

    RunConditions(ConditionStore store) {
        this.store = store;
    }

    void ended(ServiceName service, RunOutcome outcome) {
        if (outcome instanceof RunOutcome.Failed || outcome instanceof RunOutcome.Held) {
            succeeding.remove(service);
            store.failed(service, outcome.detail().orElse(outcome.word()), Instant.now()).subscribe().with(done -> {}, RunConditions::notStored);
        } else if (outcome instanceof RunOutcome.Settled && succeeding.put(service, true) == null) {
            store.succeeded(service).subscribe().with(done -> {}, failure -> {
                succeeding.remove(service);
                notStored(failure);
            });
        }
    }

    private static void notStored(Throwable failure) {
        LOG.debug("Saving a service's condition failed; the report is outdated", failure);
    }
}
