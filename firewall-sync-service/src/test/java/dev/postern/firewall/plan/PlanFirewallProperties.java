// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.Examples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Invariants of every plan, whatever the observed state. The limits are small, so that rules and objects overflow all the time. */
class PlanFirewallProperties {
    private static final ProviderLimits LIMITS = new ProviderLimits(3, 4);

    /** The observed state: objects of ours in any state, and objects of others, some with names like ours. */
    record Account(List<ShownFirewall> own, List<ShownFirewall> others) {
        Set<String> namesTaken() {
            return others.stream().map(ShownFirewall::name).collect(Collectors.toSet());
        }

        List<ShownFirewall> all() {
            List<ShownFirewall> all = new ArrayList<>(own);
            all.addAll(others);
            return all;
        }
    }

    @Property
    void afterThePlanTheProviderLetsInExactlyWhoIsWanted(@ForAll("wanted") Set<Access> wanted, @ForAll("accounts") Account account) {
        List<ShownFirewall> after = done(wanted, account);
        List<Access> letIn = after.stream().flatMap(firewall -> firewall.inbound().stream()
            .flatMap(rule -> rule.sources().stream().map(source -> new Access(rule.door().protocol(), rule.door().ports(), source)))).toList();
        assertThat(letIn).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(after).allSatisfy(firewall -> {
            assertThat(firewall.attachedTo(TAGGED)).isTrue();
            assertThat(firewall.strange()).isEmpty();
            assertThat(firewall.name()).startsWith("postern-" + SHOP + "-");
        });
    }

    @Property
    void nothingIsDeletedWhileAChangeOfItIsPending(@ForAll("wanted") Set<Access> wanted, @ForAll("accounts") Account account) {
        Set<String> pending = account.own().stream().filter(shown -> shown.progress() == ShownFirewall.Progress.PENDING).map(ShownFirewall::id)
            .collect(Collectors.toSet());
        assertThat(plan(wanted, account).calls()).noneMatch(call -> call instanceof FirewallPlan.Delete delete && pending.contains(delete.id()));
    }

    @Property
    void aSecondPlanHasNothingToDo(@ForAll("wanted") Set<Access> wanted, @ForAll("accounts") Account account) {
        List<ShownFirewall> after = done(wanted, account);
        assertThat(plan(wanted, new Account(after, account.others())).calls()).isEmpty();
    }

    @Property
    void foreignObjectIsNeverChanged(@ForAll("wanted") Set<Access> wanted, @ForAll("accounts") Account account) {
        FirewallPlan plan = plan(wanted, account);
        assertThat(new PureProvider(account.all(), LIMITS).does(plan).firewalls()).containsAll(account.others());
    }

    @Property
    void anEndAndAGrantTogetherTakeAtMostOneCallPerObjectThatTheyTouch(@ForAll("wanted") Set<Access> before, @ForAll("access") Access ended,
                                                                       @ForAll("access") Access granted) {
        List<ShownFirewall> shown = new PureProvider(List.of(), LIMITS).does(plan(before, new Account(List.of(), List.of()))).firewalls();
        Set<Access> after = new HashSet<>(before);
        after.remove(ended);
        after.add(granted);
        assertThat(plan(after, new Account(shown, List.of())).calls()).hasSizeLessThanOrEqualTo(2);
    }

    /** Rules that have become thin are joined where every object is full, before there is another object. */
    @Property
    void anEndAndAGrantTogetherChangeAtMostTwoRulesWhereThereIsRoomForOne(@ForAll("wanted") Set<Access> before, @ForAll("access") Access ended,
                                                                          @ForAll("access") Access granted) {
        List<ShownFirewall> shown = new PureProvider(List.of(), LIMITS).does(plan(before, new Account(List.of(), List.of()))).firewalls();
        Assume.that(rules(shown).size() < LIMITS.rulesPerFirewallMax() * shown.size());
        Set<Access> after = new HashSet<>(before);
        after.remove(ended);
        after.add(granted);
        List<ShownFirewall> then = new PureProvider(shown, LIMITS).does(plan(after, new Account(shown, List.of()))).firewalls();
        assertThat(rules(shown).stream().filter(rule -> !rules(then).contains(rule))).hasSizeLessThanOrEqualTo(2);
    }

    private static List<Set<Access>> rules(List<ShownFirewall> firewalls) {
        return firewalls.stream().flatMap(firewall -> firewall.inbound().stream())
            .map(rule -> rule.sources().stream().map(source -> new Access(rule.door().protocol(), rule.door().ports(), source)).collect(Collectors.toSet()))
            .toList();
    }

    @Property
    void planDependsOnNothingButItsArguments(@ForAll("wanted") Set<Access> wanted, @ForAll("wanted") Set<Access> others, @ForAll("accounts") Account account) {
        FirewallPlan first = plan(wanted, account);
        plan(others, account);
        List<Access> otherOrder = new ArrayList<>(wanted);
        Collections.reverse(otherOrder);
        assertThat(plan(new LinkedHashSet<>(otherOrder), account)).isEqualTo(first);
    }

    @Property
    void nobodyWhoStaysIsMissingWhileThePlanIsCarriedOut(@ForAll("wanted") Set<Access> before, @ForAll("wanted") Set<Access> after) {
        List<ShownFirewall> shown = new PureProvider(List.of(), LIMITS).does(plan(before, new Account(List.of(), List.of()))).firewalls();
        Set<Access> staying = new HashSet<>(before);
        staying.retainAll(after);
        PureProvider provider = new PureProvider(shown, LIMITS);
        for (FirewallPlan.Call call : plan(after, new Account(shown, List.of())).calls()) {
            provider.does(new FirewallPlan(List.of(call), false, Set.of(), Set.of()));
            Set<Access> letIn = provider.firewalls().stream().flatMap(firewall -> firewall.accesses().stream()).collect(Collectors.toSet());
            assertThat(letIn).containsAll(staying);
        }
    }

    /** An object that everybody leaves takes two plans: it is detached, then deleted when the provider is done with what it was at. */
    private static List<ShownFirewall> done(Set<Access> wanted, Account account) {
        List<ShownFirewall> after = new PureProvider(account.all(), LIMITS).does(plan(wanted, account)).firewalls();
        after.removeAll(account.others());
        after.replaceAll(shown -> shown.progress() != ShownFirewall.Progress.PENDING ? shown
            : new ShownFirewall(shown.id(), shown.name(), shown.inbound(), shown.strange(), shown.attachment(), ShownFirewall.Progress.DONE));
        List<ShownFirewall> all = new ArrayList<>(after);
        all.addAll(account.others());
        List<ShownFirewall> last = new PureProvider(all, LIMITS).does(plan(wanted, new Account(after, account.others()))).firewalls();
        last.removeAll(account.others());
        return last;
    }

    @Property
    void theRemovalOfACallAddsNobodyAndTakesOutEverybodyWhoIsNotWanted(@ForAll("wanted") Set<Access> wanted, @ForAll("accounts") Account account) {
        for (FirewallPlan.Call call : plan(wanted, account).calls()) {
            if (call instanceof FirewallPlan.Replace replace && replace.removal().isPresent()) {
                FirewallContent removal = replace.removal().get();
                Set<Access> before = account.own().stream().filter(own -> own.id().equals(replace.id())).findFirst().orElseThrow().accesses();
                boolean reaches = !removal.attachment().equals(DesiredState.NOTHING);
                assertThat(before).containsAll(reaches ? removal.accesses() : Set.of());
                assertThat(wanted).containsAll(reaches ? removal.accesses() : Set.of());
            }
        }
    }

    private static FirewallPlan plan(Set<Access> wanted, Account account) {
        return Examples.plan(LIMITS, wanted, account.own(), account.namesTaken());
    }

    @Provide
    Arbitrary<Access> access() {
        return Combinators.combine(Arbitraries.of(22, 443, 5432), Arbitraries.integers().between(1, 20), Arbitraries.of(true, false))
            .as((port, host, v6) -> tcp(port, v6 ? "2001:db8::" + Integer.toHexString(host) : "203.0.113." + host));
    }

    @Provide
    Arbitrary<Set<Access>> wanted() {
        return access().set().ofMaxSize(45);
    }

    @Provide
    Arbitrary<Account> accounts() {
        Arbitrary<ShownFirewall> object = Combinators.combine(wanted(), Arbitraries.of(List.<String>of(), List.of("an outbound rule")),
            Arbitraries.of(TAGGED, new Attachment(List.of("other"), List.of(7L))), Arbitraries.of(ShownFirewall.Progress.values()))
            .as((accesses, strange, attachment, progress) -> new ShownFirewall("?", "?", shown("?", "?", accesses).inbound(), strange, attachment, progress));
        return Combinators.combine(object.list().ofMaxSize(3), object.list().ofMaxSize(3), Arbitraries.integers().between(1, 4)).as((own, others, from) -> {
            List<ShownFirewall> ours = new ArrayList<>();
            own.forEach(each -> ours.add(named(each, "ours-" + ours.size(), "postern-shop-db-" + (from + ours.size()))));
            List<ShownFirewall> foreign = new ArrayList<>();
            List<String> names = List.of("postern-shop-db-" + (from + own.size()), "postern-shop-db-x", "base");
            others.forEach(each -> foreign.add(named(each, "foreign-" + foreign.size(), names.get(foreign.size()))));
            return new Account(ours, foreign);
        });
    }

    private static ShownFirewall named(ShownFirewall shown, String id, String name) {
        return new ShownFirewall(id, name, shown.inbound(), shown.strange(), shown.attachment(), shown.progress());
    }
}
