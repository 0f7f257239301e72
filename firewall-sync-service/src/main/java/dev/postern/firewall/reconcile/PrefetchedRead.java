// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.plan.ShownFirewall;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's first provider read, started while the database is still being read: it saves a round trip between a grant and its open port. The objects to read
 * are a guess from the previous run; if the database disagrees, the guess is discarded and the provider is read again.
 *
 * <p>The read may be older than the database snapshot beside it. That is safe: only others change our objects between the two, and this read or the next
 * finds their changes; the effects of this process's own calls are published only after another read.
 */
final class PrefetchedRead {
    private final CallPriority.ProviderClients desk;
    private final CallPriority errand;
    private final Map<AccountName, List<String>> expected;
    private final Map<AccountName, Uni<List<ShownFirewall>>> begun = new HashMap<>();
    private boolean asked;

    /** @param errand for which the calls are made; what it is about is not known yet */
    PrefetchedRead(CallPriority.ProviderClients desk, CallPriority errand, Map<AccountName, List<String>> expected) {
        this.desk = desk;
        this.errand = errand;
        this.expected = expected;
    }

    /** Asks the provider for what is expected. Only the owner of the service may: an answer costs a call of the account's budget. */
    void begin() {
        if (asked) {
            return;
        }
        asked = true;
        expected.forEach((account, ids) -> desk.firewalls(account, errand).ifPresent(cloud -> {
            Uni<List<ShownFirewall>> look = cloud.read(ids).memoize().indefinitely();
            look.subscribe().with(shown -> {}, failure -> {}); // told to whoever reads it
            begun.put(account, look);
        }));
    }

    /**
     * Returns the prefetched read if it covers these objects. Single use: a later read is a fresh one.
     *
     * @param urgency the run's actual urgency: a read that the limiter held back is retried if the run turns out to be a closing
     */
    Uni<List<ShownFirewall>> read(AccountName account, CloudFirewall cloud, List<String> ids, Urgency urgency) {
        Uni<List<ShownFirewall>> look = begun.remove(account);
        if (look == null || !ids.equals(expected.get(account))) {
            return cloud.read(ids);
        }
        return urgency == Urgency.CLOSING
            ? look.onFailure(failure -> failure instanceof CloudFailure cloudFailure && cloudFailure.keptBack()).recoverWithUni(() -> cloud.read(ids)) : look;
    }
}
