package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.BudgetPolicy.Urgency;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.cloud.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An activation's first look at the provider, begun while the database is still read, or even while the grant is still written: it saves a round trip
 * between a grant and its open port. What to look at is a guess from the activation before; where the database says otherwise, the guess is thrown away
 * and the provider is asked again.
 *
 * <p>The look may be older than what is read beside it. That is safe: nothing changes our objects between the two but others, and what they do is found
 * by this look or the next; what this process planned is said only after another look.
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
            look.subscribe().with(shown -> { }, failure -> { }); // told to whoever reads it
            begun.put(account, look);
        }));
    }

    /**
     * Returns the prefetched read if it covers these objects. Single use: a later read is a fresh one.
     *
     * @param urgency for what it turned out to be: what was kept back while nobody knew that somebody's access is over is asked again
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
