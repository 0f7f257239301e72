// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.attached;
import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.strange;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.Examples;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The planned calls of the provider, case by case. */
class PlanFirewallTest {
    private static final String ONE = "postern-shop-db-1";
    private static final String TWO = "postern-shop-db-2";
    private static final ProviderLimits SMALL = new ProviderLimits(2, 2);

    @Test
    void nothingWantedAndNothingThereIsNothingToDo() {
        assertThat(plan(Set.of()).calls()).isEmpty();
    }

    @Test
    void theFirstAccessMakesOneObjectAttachedToTheServicesTags() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7"));
        assertThat(plan.calls()).containsExactly(new FirewallPlan.Create(new FirewallContent(ONE, List.of(rule(5432, "203.0.113.7")), TAGGED)));
        assertThat(plan.closes()).isFalse();
    }

    @Test
    void addressesOfOnePortArePackedIntoOneRule() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7", "203.0.113.8", "2001:db8::1"));
        assertThat(content(plan).inbound()).containsExactly(rule(5432, "2001:db8::1", "203.0.113.7", "203.0.113.8"));
    }

    @Test
    void observedStateThatMatchesNeedsNoCall() {
        assertThat(plan(open(5432, "203.0.113.7"), shown("a", ONE, open(5432, "203.0.113.7"))).calls()).isEmpty();
    }

    @Test
    void theOrderInWhichAProviderShowsAddressesDoesNotMatter() {
        ShownFirewall shown = new ShownFirewall("a", ONE, List.of(rule(5432, "203.0.113.8", "203.0.113.7")), List.of(), TAGGED, ShownFirewall.Progress.DONE);
        assertThat(plan(open(5432, "203.0.113.7", "203.0.113.8"), shown).calls()).isEmpty();
    }

    @Test
    void rulesOfOnePortThatAProviderMergedAreAsGoodAsApart() {
        ShownFirewall merged = new ShownFirewall("a", ONE, List.of(rule(5432, "203.0.113.1", "203.0.113.2", "203.0.113.3")), List.of(), TAGGED,
            ShownFirewall.Progress.DONE);
        assertThat(Examples.plan(SMALL, open(5432, "203.0.113.1", "203.0.113.2", "203.0.113.3"), List.of(merged), Set.of()).calls()).isEmpty();
    }

    @Test
    void anAddedAddressIsOnePutOfTheWholeObject() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7", "203.0.113.8"), shown("a", ONE, open(5432, "203.0.113.7")));
        assertThat(plan.calls()).containsExactly(
            new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.7", "203.0.113.8")), TAGGED), Optional.empty()));
        assertThat(plan.closes()).isFalse();
    }

    @Test
    void aSwapOfAddressesIsOneCall() {
        FirewallPlan plan = plan(open(5432, "203.0.113.8"), shown("a", ONE, open(5432, "203.0.113.7")));
        assertThat(plan.calls()).singleElement().isInstanceOf(FirewallPlan.Replace.class);
        assertThat(content(plan)).isEqualTo(new FirewallContent(ONE, List.of(rule(5432, "203.0.113.8")), TAGGED));
        assertThat(plan.closes()).isTrue();
    }

    @Test
    void anObjectThatEverybodyLeavesIsDetachedAndDeletedWhenThatIsShown() {
        ShownFirewall last = shown("a", ONE, open(5432, "203.0.113.7"));
        FirewallContent nowhere = new FirewallContent(ONE, List.of(rule(1, "192.0.2.1")), DesiredState.NOTHING);
        FirewallContent emptied = new FirewallContent(ONE, List.of(rule(1, "192.0.2.1")), TAGGED);
        assertThat(plan(Set.of(), last).calls()).as("with no rule that the provider may refuse by now")
            .containsExactly(new FirewallPlan.Detach("a", ONE, nowhere, Optional.of(emptied)));
        assertThat(plan(Set.of(), last).closes()).isTrue();
        FirewallPlan then = plan(Set.of(), attached(last, DesiredState.NOTHING));
        assertThat(then.calls()).containsExactly(new FirewallPlan.Delete("a", ONE));
        assertThat(then.closes()).as("it lets nobody in").isFalse();
    }

    @Test
    void objectThatIsAttachedAndLetsNobodyInIsDeletedWhenThatIsShownAsDone() {
        ShownFirewall emptied = attached(shown("a", ONE, open(1, "192.0.2.1")), TAGGED);
        assertThat(plan(Set.of(), pending(emptied)).calls()).as("the last change is on its way").isEmpty();
        assertThat(plan(Set.of(), emptied.failed()).calls()).singleElement().isInstanceOf(FirewallPlan.Detach.class);
        assertThat(plan(Set.of(), emptied).calls()).containsExactly(new FirewallPlan.Delete("a", ONE));
    }

    @Test
    void anObjectIsNotDeletedWhileItsDetachingIsPending() {
        FirewallPlan plan = plan(Set.of(), pending(attached(shown("a", ONE, open(1, "192.0.2.1")), DesiredState.NOTHING)));
        assertThat(plan.calls()).as("who was in may still get in, and nothing would show it").isEmpty();
    }

    @Test
    void anObjectThatOthersEmptiedIsNotDeletedWhileThatIsPending() {
        ShownFirewall emptied = pending(attached(shown("a", ONE, Set.of()), TAGGED));
        assertThat(plan(Set.of(), emptied).calls()).isEmpty();
        assertThat(plan(Set.of(), strange(emptied, "a rule for all ports")).calls()).as("it lets somebody in").singleElement()
            .isInstanceOf(FirewallPlan.Detach.class);
    }

    @Test
    void aDetachedObjectIsUsedAgainForWhoComes() {
        FirewallPlan plan = plan(open(5432, "203.0.113.8"), attached(shown("a", ONE, open(5432, "203.0.113.7")), DesiredState.NOTHING));
        assertThat(content(plan)).isEqualTo(new FirewallContent(ONE, List.of(rule(5432, "203.0.113.8")), TAGGED));
    }

    @Test
    void removalIsACallThatChangesNothingElse() {
        Attachment others = new Attachment(List.of("other"), List.of(7L));
        ShownFirewall renamed = attached(shown("a", "mine", open(5432, "203.0.113.7", "203.0.113.8")), others).named(ONE);
        FirewallPlan.Replace replace = (FirewallPlan.Replace) plan(open(5432, "203.0.113.8", "203.0.113.9"), renamed).calls().get(0);
        assertThat(replace.removal()).contains(new FirewallContent("mine", List.of(rule(5432, "203.0.113.8")), others));
    }

    @Test
    void removalOfAllAccessesDetachesBeforeAnAddition() {
        FirewallPlan.Replace replace = (FirewallPlan.Replace) plan(open(5432, "203.0.113.9"), shown("a", ONE, open(5432, "203.0.113.7"))).calls().get(0);
        assertThat(replace.removal()).map(FirewallContent::attachment).contains(DesiredState.NOTHING);
    }

    @Test
    void heldAccessStaysInItsObjectAndIsPlacedNowhereElse() {
        Attachment wide = new Attachment(List.of(), java.util.stream.LongStream.range(0, 12).boxed().toList());
        Set<Access> held = open(5432, "198.51.100.1", "198.51.100.2");
        Set<Access> wanted = open(5432, "203.0.113.7");
        List<ShownFirewall> both = List.of(
            attached(shown("a", ONE, union(wanted, held)), new Attachment(List.of(), wide.droplets().subList(0, 10))),
            attached(shown("b", TWO, wanted), new Attachment(List.of(), wide.droplets().subList(10, 12))));
        DesiredState desired = new DesiredState(Examples.SHOP, ObjectNames.PLAIN, Optional.of(wide), wanted, held, DesiredState.Newcomers.ALL);
        assertThat(PlanFirewall.plan(desired, ObservedState.of(both, Set.of()), ProviderLimits.DIGITALOCEAN).calls()).isEmpty();
        assertThat(PlanFirewall.plan(desired, ObservedState.of(List.of(), Set.of()), ProviderLimits.DIGITALOCEAN).calls())
            .as("not put back").allSatisfy(call -> assertThat(((FirewallPlan.Create) call).content().accesses()).isEqualTo(wanted));
    }

    @Test
    void aMissingDropletIsLeftOutAndAPartThatHasNothingElseIsGivenUp() {
        Attachment wide = new Attachment(List.of(), java.util.stream.LongStream.range(0, 11).boxed().toList());
        Set<Access> wanted = open(5432, "203.0.113.7");
        ObservedState observed = new ObservedState(List.of(), Set.of(), new Attachment(List.of(), List.of(3L, 10L)));
        FirewallPlan plan = PlanFirewall.plan(DesiredState.of(Examples.SHOP, Optional.of(wide), wanted), observed, ProviderLimits.DIGITALOCEAN);
        assertThat(plan.calls()).singleElement()
            .satisfies(call -> assertThat(((FirewallPlan.Create) call).content().attachment().droplets()).containsExactly(0L, 1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L));
    }

    @Test
    void planOffersAsManyAdditionsAsTheProviderAcceptedLast() {
        DesiredState desired = new DesiredState(Examples.SHOP, ObjectNames.PLAIN, Optional.of(TAGGED),
            open(5432, "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"), Set.of(),
            new DesiredState.Newcomers(1, open(5432, "203.0.113.2")));
        FirewallPlan plan = PlanFirewall.plan(desired, ObservedState.of(List.of(shown("a", ONE, open(5432, "203.0.113.1"))), Set.of()),
            ProviderLimits.DIGITALOCEAN);
        assertThat(content(plan).inbound()).containsExactly(rule(5432, "203.0.113.1", "203.0.113.3"));
        assertThat(plan.waiting()).isEqualTo(open(5432, "203.0.113.2", "203.0.113.4"));
    }

    @Test
    void accessWithoutAGrantIsRemoved() {
        ShownFirewall edited = shown("a", ONE, union(open(5432, "203.0.113.7"), open(22, "0.0.0.0/0")));
        FirewallContent back = new FirewallContent(ONE, List.of(rule(5432, "203.0.113.7")), TAGGED);
        assertThat(plan(open(5432, "203.0.113.7"), edited).calls()).containsExactly(new FirewallPlan.Replace("a", back, Optional.of(back)));
    }

    @Test
    void unknownContentOfOurObjectIsNotKept() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7"), strange(shown("a", ONE, open(5432, "203.0.113.7")), "a rule for tcp 5432 with action deny"));
        assertThat(plan.calls()).hasSize(1).first().isInstanceOf(FirewallPlan.Replace.class);
    }

    @Test
    void detachedTagsAreAttachedAgain() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7"), attached(shown("a", ONE, open(5432, "203.0.113.7")), new Attachment(List.of(), List.of())));
        assertThat(content(plan).attachment()).isEqualTo(TAGGED);
    }

    @Test
    void anObjectThatFailedIsPutAgain() {
        ShownFirewall failed = new ShownFirewall("a", ONE, List.of(rule(5432, "203.0.113.7")), List.of(), TAGGED, ShownFirewall.Progress.FAILED);
        assertThat(plan(open(5432, "203.0.113.7"), failed).calls()).hasSize(1);
    }

    @Test
    void aFullRuleGetsASecondAndAFullObjectGetsASecond() {
        Set<Access> wanted = open(5432, "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5");
        FirewallPlan plan = Examples.plan(SMALL, wanted, List.of(), Set.of());
        assertThat(plan.calls()).extracting(FirewallPlan.Call::name).containsExactly(ONE, TWO);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound()).containsExactly(
            rule(5432, "203.0.113.1", "203.0.113.2"), rule(5432, "203.0.113.3", "203.0.113.4"));
    }

    @Test
    void aGapIsFilledBeforeARuleOrAnObjectIsMade() {
        ShownFirewall first = shown("a", ONE, open(5432, "203.0.113.1"));
        ShownFirewall second = shown("b", TWO, open(5432, "203.0.113.5"));
        FirewallPlan plan = Examples.plan(SMALL, open(5432, "203.0.113.1", "203.0.113.5", "203.0.113.9"), List.of(first, second), Set.of());
        assertThat(plan.calls()).hasSize(1).first().isEqualTo(
            new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.1", "203.0.113.9")), TAGGED), Optional.empty()));
    }

    @Test
    void thinnedOutRulesAreJoinedWhenAnotherPortNeedsRoom() {
        ShownFirewall thin = new ShownFirewall("a", ONE, List.of(rule(5432, "203.0.113.1"), rule(5432, "203.0.113.2")), List.of(), TAGGED,
            ShownFirewall.Progress.DONE);
        FirewallPlan plan = Examples.plan(SMALL, union(open(5432, "203.0.113.1", "203.0.113.2"), open(443, "203.0.113.1")), List.of(thin), Set.of());
        assertThat(content(plan).inbound()).containsExactly(rule(5432, "203.0.113.1", "203.0.113.2"), rule(443, "203.0.113.1"));
    }

    @Test
    void aNameThatSomebodyElseTookIsPassedOver() {
        assertThat(Examples.plan(ProviderLimits.DIGITALOCEAN, open(5432, "203.0.113.7"), List.of(), Set.of(ONE)).calls())
            .extracting(FirewallPlan.Call::name).containsExactly(TWO);
    }

    @Test
    void closingComesBeforeOpening() {
        ShownFirewall first = shown("a", ONE, open(5432, "203.0.113.1"));
        ShownFirewall second = shown("b", TWO, open(5432, "203.0.113.5"));
        FirewallPlan plan = Examples.plan(SMALL, open(5432, "203.0.113.1", "203.0.113.9"), List.of(first, second), Set.of());
        assertThat(plan.calls()).extracting(FirewallPlan.Call::name).containsExactly(TWO, ONE);
        assertThat(plan.calls().get(0)).isInstanceOf(FirewallPlan.Detach.class);
    }

    @Test
    void fiftyThousandAddressesFitOneObjectAndOneMoreTakesASecond() {
        Set<Access> wanted = new HashSet<>();
        IntStream.range(0, 50_001).forEach(n -> wanted.add(tcp(5432, "198." + (18 + n / 65_536) + "." + n / 256 % 256 + "." + n % 256)));
        FirewallPlan plan = Examples.plan(ProviderLimits.DIGITALOCEAN, wanted, List.of(), Set.of());
        assertThat(plan.calls()).hasSize(2);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound()).hasSize(50).allSatisfy(rule -> assertThat(rule.sources()).hasSize(1_000));
    }

    private static ShownFirewall pending(ShownFirewall shown) {
        return new ShownFirewall(shown.id(), shown.name(), shown.inbound(), shown.strange(), shown.attachment(), ShownFirewall.Progress.PENDING);
    }

    private static FirewallPlan plan(Set<Access> wanted, ShownFirewall... own) {
        return Examples.plan(ProviderLimits.DIGITALOCEAN, wanted, List.of(own), Set.of());
    }

    private static FirewallContent content(FirewallPlan plan) {
        assertThat(plan.calls()).hasSize(1);
        FirewallPlan.Call call = plan.calls().get(0);
        return call instanceof FirewallPlan.Create create ? create.content() : ((FirewallPlan.Replace) call).content();
    }

    private static FirewallRule rule(int port, String... sources) {
        return new FirewallRule(tcp(port, sources[0]).door(), Arrays.stream(sources).map(SourceAddress::new).toList());
    }

    private static Set<Access> union(Set<Access> one, Set<Access> other) {
        return java.util.stream.Stream.concat(one.stream(), other.stream()).collect(Collectors.toCollection(TreeSet::new));
    }
}
