// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.Examples;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Attachments beyond what one object takes, lists, and changes to what stands already. */
class PlanOfAttachmentsTest {
    private static final Attachment WIDE = new Attachment(IntStream.range(0, 6).mapToObj(tag -> "tag-" + tag).toList(),
        LongStream.range(0, 21).boxed().toList());

    @Test
    void moreTagsAndDropletsThanOneObjectTakesMakeMoreObjectsWithAllAddressesEach() {
        FirewallPlan plan = plan(WIDE, open(5432, "203.0.113.7"), List.of());
        assertThat(plan.calls()).hasSize(3);
        List<FirewallContent> contents = plan.calls().stream().map(call -> ((FirewallPlan.Create) call).content()).toList();
        assertThat(contents).extracting(content -> content.attachment().tags().size()).containsExactly(5, 1, 0);
        assertThat(contents).extracting(content -> content.attachment().droplets().size()).containsExactly(10, 10, 1);
        assertThat(contents).allSatisfy(content -> assertThat(content.inbound()).hasSize(1));
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan).firewalls();
        assertThat(plan(WIDE, open(5432, "203.0.113.7"), shown).calls()).isEmpty();
        assertThat(plan(WIDE, open(5432, "203.0.113.8"), shown).calls()).hasSize(3).allMatch(FirewallPlan.Replace.class::isInstance);
    }

    @Test
    void anObjectWhosePartIsGoneGoes() {
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(WIDE, open(5432, "203.0.113.7"), List.of())).firewalls();
        FirewallPlan plan = plan(Examples.TAGGED, open(5432, "203.0.113.7"), shown);
        List<ShownFirewall> detached = new PureProvider(shown, ProviderLimits.DIGITALOCEAN).does(plan).firewalls();
        List<ShownFirewall> after = new PureProvider(detached, ProviderLimits.DIGITALOCEAN)
            .does(plan(Examples.TAGGED, open(5432, "203.0.113.7"), detached)).firewalls();
        assertThat(after).singleElement().satisfies(one -> assertThat(one.attachedTo(Examples.TAGGED)).isTrue());
    }

    @Test
    void additionTakesThePlaceOfARemovalInOneCall() {
        Set<Access> wanted = many(50_001);
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(Examples.TAGGED, wanted, List.of())).firewalls();
        assertThat(shown).hasSize(2);
        wanted.remove(shown.get(0).accesses().iterator().next());
        wanted.add(tcp(5432, "203.0.113.7"));
        assertThat(plan(Examples.TAGGED, wanted, shown).calls()).singleElement().extracting(FirewallPlan.Call::name).isEqualTo("postern-shop-db-1");
    }

    @Test
    void aPlanOfFiftyThousandOpeningsTakesATenthOfASecond() {
        Set<Access> wanted = new java.util.HashSet<>(many(50_000));
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(Examples.TAGGED, wanted, List.of())).firewalls();
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int at = 0; at < 8; at++) {
            long from = cpu.getCurrentThreadCpuTime();
            assertThat(plan(Examples.TAGGED, wanted, shown).calls()).isEmpty();
            best = Math.min(best, cpu.getCurrentThreadCpuTime() - from);
        }
        System.out.println("A plan of 50,000 openings takes " + best / 1_000_000 + " ms of a processor");
        assertThat(best).isLessThan(100_000_000L);
    }

    @Test
    void aListStandsEmptyWhileTheServiceIsProtectedAndIsEmptiedBeforeItGoes() {
        Attachment none = new Attachment(List.of(), List.of());
        FirewallPlan made = PlanFirewall.plan(DesiredState.of(SHOP, Optional.of(none), Set.of()), ObservedState.of(List.of(), Set.of()),
            ProviderLimits.CLOUDFLARE);
        assertThat(made.calls()).containsExactly(new FirewallPlan.Create(new FirewallContent("postern_shop_db", List.of(), none)));
        ShownFirewall full = new ShownFirewall("l", "postern_shop_db", Examples.shown("l", "?", open(443, "203.0.113.7")).inbound(), List.of(), none,
            ShownFirewall.Progress.DONE);
        ShownFirewall empty = new ShownFirewall("l", "postern_shop_db", List.of(), List.of(), none, ShownFirewall.Progress.DONE);
        assertThat(list(Optional.of(none), full)).singleElement().isInstanceOf(FirewallPlan.Replace.class);
        assertThat(list(Optional.of(none), empty)).isEmpty();
        assertThat(list(Optional.empty(), full)).singleElement().isInstanceOf(FirewallPlan.Detach.class);
        assertThat(list(Optional.empty(), empty)).singleElement().isInstanceOf(FirewallPlan.Delete.class);
    }

    @Test
    void accessWithoutRoomInAListIsReportedAndRemovesNoOther() {
        ProviderLimits two = new ProviderLimits(2, 1, 1, 9, 9, 8, 12, 64, ProviderLimits.Form.LIST);
        FirewallPlan plan = PlanFirewall.plan(DesiredState.of(SHOP, Optional.of(DesiredState.NOTHING),
            open(443, "203.0.113.1", "203.0.113.2", "203.0.113.3")), ObservedState.of(List.of(), Set.of()), two);
        assertThat(plan.unplaced()).hasSize(1);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound().get(0).sources()).hasSize(2);
    }

    private static List<FirewallPlan.Call> list(Optional<Attachment> attachment, ShownFirewall shown) {
        return PlanFirewall.plan(DesiredState.of(SHOP, attachment, Set.of()), ObservedState.of(List.of(shown), Set.of()), ProviderLimits.CLOUDFLARE).calls();
    }

    private static Set<Access> many(int count) {
        return IntStream.range(0, count).mapToObj(n -> tcp(5432, "198.18." + n / 256 + "." + n % 256)).collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private static FirewallPlan plan(Attachment attachment, Set<Access> wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(DesiredState.of(SHOP, Optional.of(attachment), wanted), ObservedState.of(own, Set.of()), ProviderLimits.DIGITALOCEAN);
    }
}
