package dev.postern.firewall;

import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.attached;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.strange;
import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is asked of the provider, case by case. */
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
    void whatIsShownAsWantedNeedsNoCall() {
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
        assertThat(Examples.anew(SMALL, open(5432, "203.0.113.1", "203.0.113.2", "203.0.113.3"), List.of(merged), Set.of()).calls()).isEmpty();
    }

    @Test
    void anAddedAddressIsOnePutOfTheWholeObject() {
        FirewallPlan plan = plan(open(5432, "203.0.113.7", "203.0.113.8"), shown("a", ONE, open(5432, "203.0.113.7")));
        assertThat(plan.calls()).containsExactly(
            new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.7", "203.0.113.8")), TAGGED)));
        assertThat(plan.closes()).isFalse();
    }

    @Test
    void aSwapOfAddressesIsOneCall() {
        FirewallPlan plan = plan(open(5432, "203.0.113.8"), shown("a", ONE, open(5432, "203.0.113.7")));
        assertThat(plan.calls()).containsExactly(new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.8")), TAGGED)));
        assertThat(plan.closes()).isTrue();
    }

    @Test
    void withoutAnyAccessTheObjectGoes() {
        assertThat(plan(Set.of(), shown("a", ONE, open(5432, "203.0.113.7"))).calls()).containsExactly(new FirewallPlan.Delete("a", ONE));
    }

    @Test
    void whatNobodyWasGrantedIsTakenOut() {
        ShownFirewall edited = shown("a", ONE, union(open(5432, "203.0.113.7"), open(22, "0.0.0.0/0")));
        assertThat(plan(open(5432, "203.0.113.7"), edited).calls())
            .containsExactly(new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.7")), TAGGED)));
    }

    @Test
    void whatWeDoNotUnderstandInOurObjectIsNotKept() {
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
        FirewallPlan plan = Examples.anew(SMALL, wanted, List.of(), Set.of());
        assertThat(plan.calls()).extracting(FirewallPlan.Call::name).containsExactly(ONE, TWO);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound()).containsExactly(
            rule(5432, "203.0.113.1", "203.0.113.2"), rule(5432, "203.0.113.3", "203.0.113.4"));
    }

    @Test
    void aGapIsFilledBeforeARuleOrAnObjectIsMade() {
        ShownFirewall first = shown("a", ONE, open(5432, "203.0.113.1"));
        ShownFirewall second = shown("b", TWO, open(5432, "203.0.113.5"));
        FirewallPlan plan = Examples.anew(SMALL, open(5432, "203.0.113.1", "203.0.113.5", "203.0.113.9"), List.of(first, second), Set.of());
        assertThat(plan.calls()).hasSize(1).first().isEqualTo(
            new FirewallPlan.Replace("a", new FirewallContent(ONE, List.of(rule(5432, "203.0.113.1", "203.0.113.9")), TAGGED)));
    }

    @Test
    void thinnedOutRulesAreJoinedWhenAnotherPortNeedsRoom() {
        ShownFirewall thin = new ShownFirewall("a", ONE, List.of(rule(5432, "203.0.113.1"), rule(5432, "203.0.113.2")), List.of(), TAGGED,
            ShownFirewall.Progress.DONE);
        FirewallPlan plan = Examples.anew(SMALL, union(open(5432, "203.0.113.1", "203.0.113.2"), open(443, "203.0.113.1")), List.of(thin), Set.of());
        assertThat(content(plan).inbound()).containsExactly(rule(5432, "203.0.113.1", "203.0.113.2"), rule(443, "203.0.113.1"));
    }

    @Test
    void aNameThatSomebodyElseTookIsPassedOver() {
        assertThat(Examples.anew(ProviderLimits.DIGITALOCEAN, open(5432, "203.0.113.7"), List.of(), Set.of(ONE)).calls())
            .extracting(FirewallPlan.Call::name).containsExactly(TWO);
    }

    @Test
    void closingComesBeforeOpening() {
        ShownFirewall first = shown("a", ONE, open(5432, "203.0.113.1"));
        ShownFirewall second = shown("b", TWO, open(5432, "203.0.113.5"));
        FirewallPlan plan = Examples.anew(SMALL, open(5432, "203.0.113.1", "203.0.113.9"), List.of(first, second), Set.of());
        assertThat(plan.calls()).extracting(FirewallPlan.Call::name).containsExactly(TWO, ONE);
        assertThat(plan.calls().get(0)).isInstanceOf(FirewallPlan.Delete.class);
    }

    @Test
    void fiftyThousandAddressesFitOneObjectAndOneMoreTakesASecond() {
        Set<Access> wanted = new HashSet<>();
        IntStream.range(0, 50_001).forEach(n -> wanted.add(tcp(5432, "198." + (18 + n / 65_536) + "." + n / 256 % 256 + "." + n % 256)));
        FirewallPlan plan = Examples.anew(ProviderLimits.DIGITALOCEAN, wanted, List.of(), Set.of());
        assertThat(plan.calls()).hasSize(2);
        assertThat(((FirewallPlan.Create) plan.calls().get(0)).content().inbound()).hasSize(50).allSatisfy(rule -> assertThat(rule.sources()).hasSize(1_000));
    }

    private static FirewallPlan plan(Set<Access> wanted, ShownFirewall... own) {
        return Examples.anew(ProviderLimits.DIGITALOCEAN, wanted, List.of(own), Set.of());
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
