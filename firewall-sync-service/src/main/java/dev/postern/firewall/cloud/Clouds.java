package dev.postern.firewall.cloud;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.CallUse;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShareCalls;
import dev.postern.firewall.ShareCalls.Pace;
import dev.postern.firewall.ShareCalls.Urgency;
import dev.postern.firewall.postgres.CallBook;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The configured accounts, each with its own client, credential, timeouts, budget and breaker: what stops one stops no other. */
@ApplicationScoped
public class Clouds {
    private static final String DIGITALOCEAN = "digitalocean";
    private static final String CLOUDFLARE = "cloudflare";
    private static final long HOUR_SECONDS = 3_600;

    private final Map<AccountName, OpenAccount> byAccount = new TreeMap<>();
    private final Map<AccountName, ProviderLimits> limits = new TreeMap<>();

    private record OpenAccount(CloudProvider provider, AccountGate gate) { }

    Clouds(CloudAccounts accounts, CallBook book, MeterRegistry registry) {
        accounts.byName().forEach((name, account) -> {
            CloudProvider provider = provider(name, account);
            OpenAccount open = new OpenAccount(provider, gate(new AccountName(name), account, provider, book, registry));
            byAccount.put(new AccountName(name), open);
            limits.put(new AccountName(name), provider.limits());
            gauges(name, open.gate(), registry);
        });
    }

    private static AccountGate gate(AccountName account, CloudAccounts.Account configured, CloudProvider provider, CallBook book, MeterRegistry registry) {
        CallShares.Count count = new CallShares.Count() {
            @Override
            public Uni<CallUse> reserve(ServiceName service, int calls) {
                return book.reserve(account, service, calls, provider.share().period());
            }

            @Override
            public Uni<Void> giveBack(ServiceName service, int calls) {
                return book.giveBack(account, service, calls);
            }
        };
        ShareCalls offered = provider.share();
        long inPeriod = configured.callsPerHour().stream().mapToLong(hour -> Math.max(1, hour * offered.period().toSeconds() / HOUR_SECONDS)).findFirst()
            .orElse(offered.perPeriod());
        ShareCalls share = new ShareCalls(configured.callsPerMinute().orElse(offered.perMinute()), (int) inPeriod, offered.period());
        return new AccountGate(account, new CallShares(share, count, provider::budget, Instant::now), registry, Instant::now);
    }

    private static void gauges(String name, AccountGate gate, MeterRegistry registry) {
        Gauge.builder("postern_account_credential_refused", gate, state -> state.credentialRefused() ? 1 : 0)
            .description("1 while the provider refuses the account's credential").tag("account", name).register(registry);
        Gauge.builder("postern_account_circuit_open", gate, state -> state.open() ? 1 : 0)
            .description("1 while the account's provider keeps failing, so that it is called less often").tag("account", name).register(registry);
        Gauge.builder("postern_provider_budget_gathering", gate, state -> state.gathering() ? 1 : 0)
            .description("1 while changes of the account gather because its budget of calls is scarce").tag("account", name).register(registry);
    }

    /** The firewalls of an account, for the calls of one service; empty if none of that name is configured. */
    public Optional<CloudFirewall> firewalls(AccountName account, ServiceName service, Urgency urgency) {
        return Optional.ofNullable(byAccount.get(account)).map(open -> open.provider().firewalls(open.gate().passage(service, urgency)));
    }

    /** What the provider of each account takes. */
    public Map<AccountName, ProviderLimits> limits() {
        return limits;
    }

    /** How far apart changes of the service begin, as far as this process knows. */
    public Pace pace(AccountName account, ServiceName service) {
        OpenAccount open = byAccount.get(account);
        return open == null ? Pace.NONE : open.provider().oneAtATime() ? open.gate().pace(service).queued() : open.gate().pace(service);
    }

    /** A change of a service was asked of the account's provider: what changes cost is measured. */
    public void changed(AccountName account) {
        Optional.ofNullable(byAccount.get(account)).ifPresent(open -> open.gate().changed());
    }

    /** Whether changes of the account gather because its budget of calls is scarce. */
    public boolean gathering(AccountName account) {
        return byAccount.containsKey(account) && byAccount.get(account).gate().gathering();
    }

    /** All accounts. */
    public Map<AccountName, CloudFirewall> all() {
        Map<AccountName, CloudFirewall> all = new TreeMap<>();
        byAccount.forEach((name, open) -> all.put(name, open.provider().firewalls(Passage.FREE)));
        return all;
    }

    private static CloudProvider provider(String name, CloudAccounts.Account account) {
        switch (account.provider()) {
            case DIGITALOCEAN:
                return new DigitalOceanProvider(account);
            case CLOUDFLARE:
                return new CloudflareProvider(name, account);
            default:
                throw new IllegalArgumentException("postern.accounts." + name + ".provider must be " + DIGITALOCEAN + " or " + CLOUDFLARE);
        }
    }
}
