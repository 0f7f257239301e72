// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.events.FirewallChanged;
import dev.postern.firewall.postgres.OverdueStore;
import dev.postern.firewall.reconcile.ReconcileMetrics;
import dev.postern.firewall.reconcile.ReconcileSettings;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Publishes every overdue closing, independent of the service's owner and of its provider's availability. */
@ApplicationScoped
public class OverdueSweep {
    private static final Logger LOG = Logger.getLogger(OverdueSweep.class);

    private final OverdueStore store;
    private final ReconcileMetrics metrics;
    private final ReconcileSettings settings;

    OverdueSweep(OverdueStore store, ReconcileMetrics metrics, ReconcileSettings settings) {
        this.store = store;
        this.metrics = metrics;
        this.settings = settings;
    }

    @Scheduled(every = "${postern.reconcile.overdue-sweep-every:5s}", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    Uni<Void> tell() {
        Instant now = Instant.now();
        Instant over = now.minus(settings.overdueAfter());
        return tell(now, over).chain(() -> store.count(over)).invoke(metrics::overdue).replaceWithVoid()
            .onFailure().recoverWithUni(failure -> {
                LOG.debug("Listing overdue closings failed; retrying", failure);
                return Uni.createFrom().voidItem();
            });
    }

    /** Tells of all of them, however many there are: so many at a time as one transaction takes. */
    private Uni<Void> tell(Instant now, Instant over) {
        return store.tell(now, over).chain(told -> {
            int count = 0;
            for (FirewallChanged news : told) {
                LOG.error("Closing overdue; ended access is still open at the provider service=" + news.service() + " count=" + news.changes().size());
                metrics.told(news.changes());
                metrics.overdueTold(news.changes().size());
                count += news.changes().size();
            }
            return count < OverdueStore.AT_ONCE_MAX ? Uni.createFrom().voidItem() : tell(now, over);
        });
    }
}
