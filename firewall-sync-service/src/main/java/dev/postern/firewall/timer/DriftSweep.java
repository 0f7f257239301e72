package dev.postern.firewall.timer;

import dev.postern.firewall.reconcile.FirewallReconciler;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;

/** Compares every service with its provider though nothing happened here: something may have happened there. */
@ApplicationScoped
public class DriftSweep {
    private final FirewallReconciler reconciler;

    DriftSweep(FirewallReconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Scheduled(every = "${postern.reconcile.every:60s}", delayed = "${postern.reconcile.every:60s}")
    void compare() {
        reconciler.pokeAll();
    }
}
