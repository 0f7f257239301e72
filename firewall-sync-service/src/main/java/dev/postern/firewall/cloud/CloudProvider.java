package dev.postern.firewall.cloud;

import dev.postern.firewall.AccountView;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShareCalls;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;

/** The provider of one account: a client with its credential. */
interface CloudProvider {
    /** What it takes. */
    ProviderLimits limits();

    /** How many calls it takes. */
    ShareCalls share();

    /** How many are left, as it said last. */
    CallBudget budget();

    /** Returns which account the credential opens; empty if the provider does not say. */
    Uni<Optional<String>> identity(Passage passage);

    /** Returns what stands around the firewalls; empty where the provider attaches nothing. */
    Uni<Optional<AccountView>> view(Passage passage);

    /** Returns for each scope that this service's calls need whether the credential has it; empty where that cannot be found out without effect. */
    default Uni<Map<String, Boolean>> scopes(Passage passage) {
        return Uni.createFrom().item(Map.of());
    }

    /** Returns whether it takes one change of its objects after the other, so that changes wait in a queue. */
    default boolean oneAtATime() {
        return false;
    }

    /** Its firewalls, with every call through {@code passage}. */
    CloudFirewall firewalls(Passage passage);
}
