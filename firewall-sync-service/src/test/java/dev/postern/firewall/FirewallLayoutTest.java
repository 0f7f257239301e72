package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.read;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.Comparator;
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
        Kept kept = new Kept(many(2_500));
        Access ended = kept.wanted.iterator().next();
        kept.wanted.remove(ended);
        kept.wanted.add(tcp(5432, "203.0.113.7"));
        assertThat(kept.change()).contains(new FirewallLayout.Change(List.of(ended), List.of(tcp(5432, "203.0.113.7"))));
        assertThat(sets(kept.plan())).isEqualTo(sets(plan(Examples.TAGGED, kept.wanted, kept.shown)));
    }

    @Test
    void aLayoutGoesOnFromWhatItPlannedInWhateverOrderTheProviderShowsIt() {
        Kept kept = new Kept(many(2_500));
        kept.wanted.add(tcp(5432, "203.0.113.7"));
        FirewallContent asked = ((FirewallPlan.Replace) kept.plan().calls().get(0)).content();
        kept.shows(asked.inbound().stream().map(rule -> new FirewallRule(rule.door(), rule.sources().stream().sorted(Comparator.reverseOrder()).toList()))
            .toList());
        assertThat(kept.change()).contains(FirewallLayout.Change.NOTHING);
        assertThat(kept.plan().calls()).isEmpty();
    }

    @Test
    void aChangeThatWasNotCarriedOutIsPlannedAgain() {
        Kept kept = new Kept(many(10));
        kept.wanted.add(tcp(5432, "203.0.113.7"));
        FirewallPlan plan = kept.plan();
        assertThat(kept.change()).contains(FirewallLayout.Change.NOTHING);
        assertThat(kept.plan()).isEqualTo(plan);
    }

    @Test
    void aLayoutIsMadeAnewWhereOthersChangedTheObjectThatItStandsOn() {
        Kept kept = new Kept(many(10));
        kept.shows(Examples.shown("?", "?", many(9)).inbound());
        assertThat(kept.change()).as("somebody was taken out").isEmpty();
        assertThat(kept.plan().calls()).hasSize(1);
        kept.shows(Examples.shown("?", "?", many(11)).inbound());
        assertThat(kept.change()).as("somebody was let in").isEmpty();
        assertThat(kept.plan().closes()).isTrue();
        kept.shown.clear();
        assertThat(kept.change()).as("the object was taken away").isEmpty();
        assertThat(kept.plan().creates()).isTrue();
    }

    @Test
    void whoIsWantedAgainBeforeTheyWereTakenOutStays() {
        Kept kept = new Kept(many(2));
        Access again = kept.wanted.iterator().next();
        kept.wanted.remove(again);
        assertThat(kept.plan().closes()).isTrue();
        kept.wanted.add(again);
        assertThat(kept.change()).isEmpty();
        assertThat(kept.plan().calls()).isEmpty();
    }

    @Test
    void whoComesForOneWhoGoesTakesTheirPlaceSoThatASwapIsOneCall() {
        Kept kept = new Kept(many(50_001));
        assertThat(kept.shown).hasSize(2);
        kept.wanted.remove(kept.shown.get(0).accesses().iterator().next());
        kept.wanted.add(tcp(5432, "203.0.113.7"));
        assertThat(kept.plan().calls()).singleElement().extracting(FirewallPlan.Call::name).isEqualTo("postern-shop-db-1");
    }

    @Test
    void aListStandsEmptyWhileTheServiceIsProtectedAndIsEmptiedBeforeItGoes() {
        Attachment none = new Attachment(List.of(), List.of());
        FirewallPlan made = PlanFirewall.plan(new FirewallLayout(SHOP, ProviderLimits.CLOUDFLARE), Optional.of(none), Wanted.NOBODY, List.of(), Set.of());
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
        FirewallPlan plan = PlanFirewall.plan(new FirewallLayout(SHOP, two), Optional.of(new Attachment(List.of(), List.of())),
            read(open(443, "203.0.113.1", "203.0.113.2", "203.0.113.3")), List.of(), Set.of());
        assertThat(plan.unplaced()).hasSize(1);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound().get(0).sources()).hasSize(2);
    }

    /** A layout that was carried out and is kept, what is wanted and what is shown. */
    private static final class Kept {
        final FirewallLayout layout = new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN);
        final Set<Access> wanted;
        final List<ShownFirewall> shown = new ArrayList<>();

        Kept(Set<Access> wanted) {
            this.wanted = wanted;
            shown.addAll(new PureProvider(List.of(), ProviderLimits.DIGITALOCEAN).does(plan()).firewalls());
            assertThat(plan().calls()).isEmpty();
        }

        Optional<FirewallLayout.Change> change() {
            return layout.changeTo(Optional.of(Examples.TAGGED), readAgain(), shown);
        }

        FirewallPlan plan() {
            return PlanFirewall.plan(layout, Optional.of(Examples.TAGGED), readAgain(), shown, Set.of());
        }

        Wanted readAgain() {
            return layout.madeFor().readAgain(wanted.stream());
        }

        void shows(List<FirewallRule> rules) {
            ShownFirewall before = shown.remove(0);
            shown.add(new ShownFirewall(before.id(), before.name(), rules, List.of(), before.attachment(), before.progress()));
        }
    }

    private static List<FirewallPlan.Call> list(Optional<Attachment> attachment, ShownFirewall shown) {
        return PlanFirewall.plan(new FirewallLayout(SHOP, ProviderLimits.CLOUDFLARE), attachment, Wanted.NOBODY, List.of(shown), Set.of()).calls();
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
        return PlanFirewall.plan(new FirewallLayout(SHOP, ProviderLimits.DIGITALOCEAN), Optional.of(attachment), read(wanted), own, Set.of());
    }
}
