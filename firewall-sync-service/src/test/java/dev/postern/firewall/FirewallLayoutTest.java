package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Attachments beyond what one object takes, lists, and changes to what stands already. */
class FirewallLayoutTest {
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
        List<ShownFirewall> after = new PureProvider(shown, ProviderLimits.DIGITALOCEAN).does(plan).firewalls();
        assertThat(after).singleElement().satisfies(one -> assertThat(one.attachedTo(Examples.TAGGED)).isTrue());
    }

    @Test
    void aChangeOfALayoutPlansTheSameAsPlanningAnew() {
        Set<Access> before = many(2_500);
        List<ShownFirewall> shown = new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan(Examples.TAGGED, before, List.of())).firewalls();
        FirewallLayout layout = FirewallLayout.of(SHOP, Optional.of(Examples.TAGGED), before, shown, ProviderLimits.DIGITALOCEAN);
        assertThat(layout.plan(Set.of()).calls()).isEmpty();
        Access ended = before.iterator().next();
        Access begun = tcp(5432, "203.0.113.7");
        layout.change(List.of(ended), List.of(begun));
        Set<Access> after = new java.util.HashSet<>(before);
        after.remove(ended);
        after.add(begun);
        assertThat(sets(layout.plan(Set.of()))).isEqualTo(sets(plan(Examples.TAGGED, after, shown)));
        layout.change(List.of(begun), List.of(ended));
        assertThat(layout.plan(Set.of()).calls()).as("back where it was").isEmpty();
    }

    @Test
    void aListStandsEmptyWhileTheServiceIsProtectedAndIsEmptiedBeforeItGoes() {
        Attachment none = new Attachment(List.of(), List.of());
        FirewallPlan made = PlanFirewall.plan(SHOP, Optional.of(none), Set.of(), List.of(), Set.of(), ProviderLimits.CLOUDFLARE);
        assertThat(made.calls()).containsExactly(new FirewallPlan.Create(new FirewallContent("postern_shop_db", List.of(), none)));
        ShownFirewall full = new ShownFirewall("l", "postern_shop_db", Examples.shown("l", "?", open(443, "203.0.113.7")).inbound(), List.of(), none,
            ShownFirewall.Progress.DONE);
        ShownFirewall empty = new ShownFirewall("l", "postern_shop_db", List.of(), List.of(), none, ShownFirewall.Progress.DONE);
        assertThat(list(Optional.of(none), full)).singleElement().isInstanceOf(FirewallPlan.Replace.class);
        assertThat(list(Optional.of(none), empty)).isEmpty();
        assertThat(list(Optional.empty(), full)).singleElement().isInstanceOf(FirewallPlan.Replace.class);
        assertThat(list(Optional.empty(), empty)).singleElement().isInstanceOf(FirewallPlan.Delete.class);
    }

    @Test
    void whoFindsNoRoomInAListIsNamedAndNobodyIsTakenOutForThem() {
        ProviderLimits two = new ProviderLimits(2, 1, 1, 9, 9, 8, 12, 64, ProviderLimits.Form.LIST);
        FirewallPlan plan = PlanFirewall.plan(SHOP, Optional.of(new Attachment(List.of(), List.of())), open(443, "203.0.113.1", "203.0.113.2", "203.0.113.3"),
            List.of(), Set.of(), two);
        assertThat(plan.unplaced()).hasSize(1);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound().get(0).sources()).hasSize(2);
    }

    private static List<FirewallPlan.Call> list(Optional<Attachment> attachment, ShownFirewall shown) {
        return PlanFirewall.plan(SHOP, attachment, Set.of(), List.of(shown), Set.of(), ProviderLimits.CLOUDFLARE).calls();
    }

    private static Set<Set<Access>> sets(FirewallPlan plan) {
        return new PureSets(plan).sets();
    }

    private record PureSets(FirewallPlan plan) {
        Set<Set<Access>> sets() {
            return plan.calls().stream().map(call -> ((FirewallPlan.Replace) call).content()).map(content -> content.inbound().stream()
                .flatMap(rule -> rule.sources().stream().map(source -> new Access(rule.door().protocol(), rule.door().ports(), source)))
                .collect(Collectors.toSet())).collect(Collectors.toSet());
        }
    }

    private static Set<Access> many(int count) {
        return IntStream.range(0, count).mapToObj(n -> tcp(5432, "198.18." + n / 256 + "." + n % 256)).collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private static FirewallPlan plan(Attachment attachment, Set<Access> wanted, List<ShownFirewall> own) {
        return PlanFirewall.plan(SHOP, Optional.of(attachment), wanted, own, Set.of(), ProviderLimits.DIGITALOCEAN);
    }
}
