// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.accounts;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.AccountView;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CallUse;
import dev.postern.firewall.budget.CallUseStore;
import dev.postern.firewall.cloud.CloudAccounts;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CloudProvider;
import dev.postern.firewall.cloud.CloudProviderFactory;
import dev.postern.firewall.cloud.Credential;
import dev.postern.firewall.plan.ProviderLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The configured accounts, each with its own client, credential, timeouts, budget and breaker: what stops one stops no other. */
@ApplicationScoped
public class AccountClients {
    private static final long HOUR_SECONDS = 3_600;
    /** Service name under which scope probes are counted. */
    private static final ServiceName PROBES = new ServiceName("scope-probes");

    private final Map<AccountName, OpenAccount> byAccount = new TreeMap<>();
    private final Map<AccountName, ProviderLimits> limits = new TreeMap<>();

    private record OpenAccount(CloudProvider provider, AccountLimiter gate, Credential credential, AccountIdentity identity, GrantedScopes scopes) {
        boolean gathering() {
            return gate.gathering() || provider.gathering();
        }

        CallPermit passage(ServiceName service, Urgency urgency) {
            return scopes.guard(identity.guard(gate.passage(service, urgency)));
        }

        boolean credentialRefused() {
            return gate.credentialRefused() || identity.refused();
        }
    }

    AccountClients(CloudAccounts accounts, Instance<CloudProviderFactory> factories, CallUseStore calls, AccountMemory identities, MeterRegistry registry) {
        ProviderFactories providers = new ProviderFactories(factories);
        accounts.byName().forEach((name, account) -> {
            Credential credential = Credential.of(name, account);
            CloudProvider provider = providers.create(name, account, credential);
            OpenAccount open = new OpenAccount(provider, gate(new AccountName(name), account, provider, calls, registry), credential,
                new AccountIdentity(new AccountName(name), account.identity(), provider::identity, identities, Instant::now),
                new GrantedScopes(new AccountName(name), Instant::now));
            provider.paced(open.gate()::pace);
            byAccount.put(new AccountName(name), open);
            limits.put(new AccountName(name), provider.limits());
            gauges(name, open, registry);
        });
    }

    private static AccountLimiter gate(AccountName account, CloudAccounts.Account configured, CloudProvider provider, CallUseStore calls,
                                       MeterRegistry registry) {
        CallPacing.Count count = new CallPacing.Count() {
            @Override
            public Uni<CallUse> reserve(ServiceName service, int more) {
                return calls.reserve(account, service, more, provider.share().period());
            }

            @Override
            public Uni<Void> giveBack(ServiceName service, int unused) {
                return calls.giveBack(account, service, unused);
            }
        };
        BudgetPolicy offered = provider.share();
        long inPeriod = configured.callsPerHour().stream().mapToLong(hour -> Math.max(1, hour * offered.period().toSeconds() / HOUR_SECONDS)).findFirst()
            .orElse(offered.perPeriod());
        BudgetPolicy share = new BudgetPolicy(configured.callsPerMinute().orElse(offered.perMinute()), (int) inPeriod, offered.period());
        return new AccountLimiter(account, new CallPacing(share, count, provider::budget, Instant::now), registry, Instant::now);
    }

    private static void gauges(String name, OpenAccount open, MeterRegistry registry) {
        Gauge.builder("postern_account_credential_refused", open, state -> state.credentialRefused() ? 1 : 0)
            .description("1 while the provider refuses the account's credential").tag("account", name).register(registry);
        Gauge.builder("postern_account_scopes_missing", open, state -> state.scopes().missing().size())
            .description("Scopes that the account's credential lacks; calls that need them are refused").tag("account", name).register(registry);
        Gauge.builder("postern_account_circuit_open", open.gate(), state -> state.open() ? 1 : 0)
            .description("1 while the account's provider keeps failing, so that it is called less often").tag("account", name).register(registry);
        Gauge.builder("postern_provider_budget_gathering", open, state -> state.gathering() ? 1 : 0)
            .description("1 while changes of the account gather because its budget of calls or list writes is scarce").tag("account", name).register(registry);
    }

    /** The firewalls of an account, for the calls of one service; empty if none of that name is configured. */
    public Optional<CloudFirewall> firewalls(AccountName account, ServiceName service, Urgency urgency) {
        return Optional.ofNullable(byAccount.get(account)).map(open -> open.provider().firewalls(call -> open.passage(service, call), service, urgency));
    }

    /** Returns what stands around the firewalls of an account; empty if it is not configured or attaches nothing. @param service for which is asked */
    public Uni<Optional<AccountView>> view(AccountName account, ServiceName service) {
        OpenAccount open = byAccount.get(account);
        return open == null ? Uni.createFrom().item(Optional.empty()) : open.provider().view(open.passage(service, Urgency.CHECK));
    }

    /** Reads credentials from their files again. Returns the accounts whose credential is another one now. Blocks. */
    public List<AccountName> reloadCredentials() {
        List<AccountName> changed = new ArrayList<>();
        byAccount.forEach((account, open) -> {
            if (open.credential().reload()) {
                open.identity().credentialChanged();
                open.gate().credentialChanged();
                open.scopes().credentialChanged();
                changed.add(account);
            }
        });
        return changed;
    }

    /**
     * Finds out which scopes the account's credential has, unless that is known and none is missing. No probe can change anything at the provider. Fails
     * with a {@link dev.postern.firewall.budget.CloudFailure} where the provider cannot be asked.
     */
    public Uni<Void> probeScopes(AccountName account) {
        OpenAccount open = byAccount.get(account);
        if (open.scopes().probedAt().isPresent() && open.scopes().missing().isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        int credential = open.scopes().credential();
        return open.provider().scopes(open.identity().guard(open.gate().passage(PROBES, Urgency.CHECK)))
            .invoke(granted -> open.scopes().probed(granted, credential)).replaceWithVoid();
    }

    /**
     * The state of an account at its provider.
     *
     * @param credentialRefused whether the provider refuses the credential, or it opens another account
     * @param missingScopes     scopes that the credential lacks: calls that need them are refused, others are made
     * @param scopesProbedAt    when all scopes were probed last
     */
    public record AccountStanding(AccountName account, boolean credentialRefused, Set<String> missingScopes, Optional<Instant> scopesProbedAt) {}

    /** Returns the state of each account, by name. */
    public List<AccountStanding> standings() {
        return byAccount.entrySet().stream().map(entry -> new AccountStanding(entry.getKey(), entry.getValue().credentialRefused(),
            entry.getValue().scopes().missing(), entry.getValue().scopes().probedAt())).toList();
    }

    /** Returns the provider limits of each account. */
    public Map<AccountName, ProviderLimits> limits() {
        return limits;
    }

    /** Returns the spacing between changes of the service, as far as this process knows. */
    public Pace pace(AccountName account, ServiceName service) {
        OpenAccount open = byAccount.get(account);
        return open == null ? Pace.NONE : open.provider().oneAtATime() ? open.gate().pace(service).queued() : open.gate().pace(service);
    }

    /** A change of a service was asked of the account's provider: what changes cost is measured. */
    public void changed(AccountName account) {
        Optional.ofNullable(byAccount.get(account)).ifPresent(open -> open.gate().changed());
    }

    /** Returns whether changes of the account gather because its budget is scarce. */
    public boolean gathering(AccountName account) {
        return byAccount.containsKey(account) && byAccount.get(account).gathering();
    }

    /** Calls {@code listener} with each account whose provider answers again after it had failed. */
    public void onRecovery(Consumer<AccountName> listener) {
        byAccount.forEach((account, open) -> open.gate().onRecovery(() -> listener.accept(account)));
    }

    /** Calls {@code listener} with each service whose turn to change has come, where a provider takes one change after the other. */
    public void onTurn(Consumer<ServiceName> listener) {
        byAccount.values().forEach(open -> open.provider().onTurn(listener));
    }

    /** All accounts. */
    public Map<AccountName, CloudFirewall> all() {
        Map<AccountName, CloudFirewall> all = new TreeMap<>();
        byAccount.forEach((name, open) -> all.put(name, open.provider().firewalls(CallPermit.FREE)));
        return all;
    }
}
