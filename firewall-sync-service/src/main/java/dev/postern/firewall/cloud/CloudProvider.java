// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.plan.ProviderLimits;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The provider of one account: a client with its credential. */
public interface CloudProvider {
    /** Returns the provider's limits. */
    ProviderLimits limits();

    /** Returns the policy for sharing the account's calls. */
    BudgetPolicy share();

    /** Returns the remaining calls from the provider's last answer. */
    CallBudget budget();

    /** Returns which account the credential opens; empty if the provider does not say. */
    Uni<Optional<String>> identity(CallPermit passage);

    /** Returns the lookup of tags and Droplets; empty where the provider attaches nothing. */
    Uni<Optional<AccountView>> view(CallPermit passage);

    /** Returns for each scope that this service's calls need whether the credential has it; empty where that cannot be found out without effect. */
    default Uni<Map<String, Boolean>> scopes(CallPermit passage) {
        return Uni.createFrom().item(Map.of());
    }

    /** Returns whether it takes one change of its objects after the other, so that changes wait in a queue. */
    default boolean oneAtATime() {
        return false;
    }

    /** Sets where the account's pace is asked, for a provider that orders its own changes. */
    default void paced(Supplier<Pace> account) {}

    /** Calls {@code listener} with each service whose turn to change has come. */
    default void onTurn(Consumer<ServiceName> listener) {}

    /** Returns whether changes gather so that a limit lasts which is not one of calls. */
    default boolean gathering() {
        return false;
    }

    /** Returns its firewalls for no service, with every call through {@code passage}. */
    default CloudFirewall firewalls(CallPermit passage) {
        return firewalls(urgency -> passage, new ServiceName("none"), Urgency.CHECK);
    }

    /**
     * Returns its firewalls for the calls of one service.
     *
     * @param passages what a call of each urgency goes through
     * @param urgency  of calls for which nothing else is said
     */
    CloudFirewall firewalls(Function<Urgency, CallPermit> passages, ServiceName service, Urgency urgency);
}
