// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.firewall.postgres.CallCounters;
import dev.postern.firewall.reconcile.FirewallReconciler;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Compares every service with its provider though nothing happened here: something may have happened there. */
@ApplicationScoped
public class DriftSweep {
    private static final Logger LOG = Logger.getLogger(DriftSweep.class);

    private final FirewallReconciler reconciler;

    private final CallCounters book;

    DriftSweep(FirewallReconciler reconciler, CallCounters book) {
        this.reconciler = reconciler;
        this.book = book;
    }

    @Scheduled(every = "${postern.reconcile.every:60s}", delayed = "${postern.reconcile.every:60s}")
    void compare() {
        reconciler.pokeAll();
        book.forget().subscribe().with(gone -> {}, failure -> LOG.debug("Deleting expired call counters failed; retrying at the next sweep", failure));
    }
}
