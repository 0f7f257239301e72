// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.timer;

import dev.postern.events.AccountName;
import dev.postern.firewall.accounts.AccountClients;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Probes which scopes each account's credential has: at the start, after a new credential, and again while one is missing. */
@ApplicationScoped
public class ScopeSweep {
    private static final Logger LOG = Logger.getLogger(ScopeSweep.class);

    private final AccountClients clouds;

    ScopeSweep(AccountClients clouds) {
        this.clouds = clouds;
    }

    /** Probes the accounts of which not every scope is known to be there. */
    @Scheduled(every = "${postern.reconcile.scope-sweep-every:60s}", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public Uni<Void> probe() {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (AccountName account : clouds.limits().keySet()) {
            all = all.chain(() -> clouds.probeScopes(account)).onFailure().recoverWithUni(failure -> {
                LOG.debug("Scope probe failed; retrying account=" + account, failure);
                return Uni.createFrom().voidItem();
            });
        }
        return all;
    }
}
