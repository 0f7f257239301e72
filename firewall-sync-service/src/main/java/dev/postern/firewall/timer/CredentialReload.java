// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.reconcile.FirewallReconciler;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Reads credentials from their files again, so that a new one needs no restart. */
@ApplicationScoped
public class CredentialReload {
    private static final Logger LOG = Logger.getLogger(CredentialReload.class);

    private final AccountClients clouds;
    private final FirewallReconciler reconciler;

    CredentialReload(AccountClients clouds, FirewallReconciler reconciler) {
        this.clouds = clouds;
        this.reconciler = reconciler;
    }

    @Scheduled(every = "2s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void reload() {
        clouds.reloadCredentials().forEach(account -> {
            LOG.info("Credential reloaded; reconciling every service account=" + account);
            reconciler.pokeAll();
        });
    }
}
