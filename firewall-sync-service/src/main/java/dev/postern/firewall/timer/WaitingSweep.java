// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.firewall.postgres.WaitingStore;
import dev.postern.firewall.reconcile.ConditionMetrics;
import dev.postern.firewall.reconcile.ReconcileSettings;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Publishes why openings wait, independent of the service's owner and of its provider's availability. */
@ApplicationScoped
public class WaitingSweep {
    private static final Logger LOG = Logger.getLogger(WaitingSweep.class);

    private final WaitingStore store;
    private final ConditionMetrics metrics;
    private final ReconcileSettings settings;

    WaitingSweep(WaitingStore store, ConditionMetrics metrics, ReconcileSettings settings) {
        this.store = store;
        this.metrics = metrics;
        this.settings = settings;
    }

    @Scheduled(every = "${postern.reconcile.waiting-sweep-every:2s}", delayed = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> tell() {
        Instant now = Instant.now();
        Instant late = now.minus(settings.waitingAfter());
        return store.tell(now, late)
            .invoke(told -> told.forEach(event -> LOG.warn("Openings delayed by the provider service=" + event.service() + " count=" + event.changes().size()
                + " reason=" + event.changes().get(0).detail().orElse(""))))
            .chain(() -> store.count(late)).invoke(waiting -> metrics.waiting(waiting, now)).replaceWithVoid()
            .onFailure().recoverWithUni(failure -> {
                LOG.debug("Listing waiting openings failed; retrying", failure);
                return Uni.createFrom().voidItem();
            });
    }
}
