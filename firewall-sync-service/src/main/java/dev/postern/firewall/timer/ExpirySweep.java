// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.firewall.postgres.ReconciliationStore;
import dev.postern.firewall.reconcile.FirewallReconciler;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Triggers the reconciler when time alone makes work: an opening expired, or waits for the provider without a run. */
@ApplicationScoped
public class ExpirySweep {
    private static final Logger LOG = Logger.getLogger(ExpirySweep.class);

    private final ReconciliationStore store;
    private final FirewallReconciler reconciler;

    ExpirySweep(ReconciliationStore store, FirewallReconciler reconciler) {
        this.store = store;
        this.reconciler = reconciler;
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> due() {
        return store.due().invoke(reconciler::look).replaceWithVoid()
            .onFailure().recoverWithUni(failure -> {
                LOG.debug("Listing due openings failed; retrying", failure);
                return Uni.createFrom().voidItem();
            });
    }
}
