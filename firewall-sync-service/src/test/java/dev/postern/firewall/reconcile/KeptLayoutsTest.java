package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.Access;
import dev.postern.firewall.FirewallLayout;
import dev.postern.firewall.FirewallRule;
import dev.postern.firewall.PlanFirewall;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.Wanted;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which layout a plan is made with. */
class KeptLayoutsTest {
    private static final AccountName ACME = new AccountName("acme");
    private static final ServiceName SHOP = new ServiceName("shop-db");
    private static final Attachment TAGGED = new Attachment(List.of("shop-db"), List.of());

    private final KeptLayouts layouts = new KeptLayouts();

    @Test
    void theNextPlanIsMadeWithTheLayoutOfTheOneBefore() {
        assertThat(plan(ACME, SHOP, Set.of())).isSameAs(plan(ACME, SHOP, Set.of()));
    }

    @Test
    void eachServiceHasALayoutInEachAccount() {
        assertThat(Set.of(plan(ACME, SHOP, Set.of()), plan(new AccountName("other"), SHOP, Set.of()), plan(ACME, new ServiceName("other"), Set.of()))).hasSize(3);
    }

    @Test
    void whoReadsWhatIsWantedHearsForWhatTheLayoutWasMade() {
        assertThat(layouts.madeFor(ACME, SHOP, ProviderLimits.DIGITALOCEAN)).isSameAs(Wanted.NOBODY);
        Wanted wanted = Wanted.NOBODY.readAgain(Stream.of(new Access(Protocol.TCP, PortRange.of("5432"), new SourceAddress("203.0.113.7"))));
        layouts.plan(ACME, SHOP, ProviderLimits.DIGITALOCEAN, layout -> PlanFirewall.plan(layout, Optional.of(TAGGED), wanted, List.of(), Set.of()));
        assertThat(layouts.madeFor(ACME, SHOP, ProviderLimits.DIGITALOCEAN)).isSameAs(wanted);
        assertThat(layouts.madeFor(new AccountName("other"), SHOP, ProviderLimits.DIGITALOCEAN)).isSameAs(Wanted.NOBODY);
        assertThat(layouts.madeFor(ACME, SHOP, ProviderLimits.CLOUDFLARE)).isSameAs(Wanted.NOBODY);
    }

    @Test
    void aRuleThatIsShownAgainIsTheSameObjectAndOneThatIsShownOtherwiseIsNot() {
        ShownFirewall before = layouts.seen(shown("203.0.113.7", "203.0.113.8"));
        ShownFirewall again = layouts.seen(shown("203.0.113.7", "203.0.113.8"));
        assertThat(again).isEqualTo(before);
        assertThat(again.inbound().get(0)).isSameAs(before.inbound().get(0));
        ShownFirewall otherwise = shown("203.0.113.8", "203.0.113.7");
        assertThat(layouts.seen(otherwise)).isEqualTo(otherwise).isNotEqualTo(before);
    }

    @Test
    void aLayoutWithWhichAPlanFailedIsNotUsedAgain() {
        FirewallLayout before = plan(ACME, SHOP, Set.of());
        assertThatThrownBy(() -> layouts.plan(ACME, SHOP, ProviderLimits.DIGITALOCEAN, layout -> {
            throw new IllegalStateException("half done");
        })).hasMessage("half done");
        assertThat(plan(ACME, SHOP, Set.of())).isNotSameAs(before);
    }

    @Test
    void noMoreAreKeptThanMemoryAllows() {
        Set<Access> wanted = IntStream.range(0, 10_000).mapToObj(n -> new Access(Protocol.TCP, PortRange.of("5432"),
            new SourceAddress("198.18." + n / 250 + "." + n % 250))).collect(Collectors.toSet());
        List<ServiceName> services = IntStream.range(0, 30).mapToObj(n -> new ServiceName("shop-" + n)).toList();
        Set<FirewallLayout> before = new HashSet<>();
        services.forEach(service -> before.add(plan(ACME, service, wanted)));
        assertThat(services.stream().filter(service -> before.contains(plan(ACME, service, Set.of())))).hasSizeBetween(1, 10);
    }

    private static ShownFirewall shown(String... sources) {
        return new ShownFirewall("a", "postern-shop-db-1", List.of(new FirewallRule(new Access.Ports(Protocol.TCP, PortRange.of("5432")),
            Stream.of(sources).map(SourceAddress::new).toList())), List.of(), TAGGED, ShownFirewall.Progress.DONE);
    }

    private FirewallLayout plan(AccountName account, ServiceName service, Set<Access> wanted) {
        FirewallLayout[] used = new FirewallLayout[1];
        layouts.plan(account, service, ProviderLimits.DIGITALOCEAN, layout -> {
            used[0] = layout;
            return PlanFirewall.plan(layout, Optional.of(TAGGED), Wanted.NOBODY.readAgain(wanted.stream()), List.of(), Set.of());
        });
        return used[0];
    }
}
