package dev.postern.firewall.reconcile;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Interner;
import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallLayout;
import dev.postern.firewall.FirewallPlan;
import dev.postern.firewall.FirewallRule;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.Wanted;
import java.util.Optional;
import java.util.function.Function;

/**
 * Layouts from one activation to the next, so that a plan costs what has changed. A layout is proved by what an activation has read again, or made anew:
 * one that is missing costs time and nothing else, so there are no more of them than memory allows. Safe for many threads.
 */
final class KeptLayouts {
    /** 15 MiB, with the readings that they were made for. */
    private static final int PLACES_MAX = 75_000;

    private final Cache<Key, FirewallLayout> kept = Caffeine.newBuilder().maximumWeight(PLACES_MAX)
        .weigher((Key key, FirewallLayout layout) -> Math.max(1, layout.size())).executor(Runnable::run).build();

    private final Interner<FirewallRule> rules = Interner.newWeakInterner();

    private record Key(AccountName account, ServiceName service, ProviderLimits limits) { }

    /** What is shown, with rules that were seen before as the same objects: which of them are others than before is known at a glance. */
    ShownFirewall seen(ShownFirewall shown) {
        return shown.sharing(rules::intern);
    }

    /** For what the layout that is kept was made: who reads what is wanted says what has changed since. */
    Wanted madeFor(AccountName account, ServiceName service, ProviderLimits limits) {
        return Optional.ofNullable(kept.getIfPresent(new Key(account, service, limits))).map(FirewallLayout::madeFor).orElse(Wanted.NOBODY);
    }

    /** Plans with the layout that is kept, or with a new one. While it plans nobody else has the layout; if it fails, nobody will. */
    FirewallPlan plan(AccountName account, ServiceName service, ProviderLimits limits, Function<FirewallLayout, FirewallPlan> planning) {
        Key key = new Key(account, service, limits);
        FirewallLayout layout = Optional.ofNullable(kept.asMap().remove(key)).orElseGet(() -> new FirewallLayout(service, limits));
        FirewallPlan plan = planning.apply(layout);
        kept.put(key, layout);
        return plan;
    }
}
