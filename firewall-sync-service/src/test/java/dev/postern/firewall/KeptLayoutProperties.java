package dev.postern.firewall;

import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.read;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A layout that is kept from plan to plan plans to the same effect as one that is made for the plan alone, whatever happened in between. */
class KeptLayoutProperties {
    private static final ProviderLimits LIMITS = new ProviderLimits(3, 4);
    private static final Attachment PARTED = new Attachment(List.of("a", "b", "c", "d", "e", "f"), List.of());

    /** What can happen between two plans. */
    enum Happening {
        NOTHING, BEGUN, BEGUN_AND_ENDED, ENDED, ALL_ENDED, MANY_BEGUN, ATTACHED_OTHERWISE, TAKEN_AWAY,
        CARRIED_OUT, CARRIED_OUT_IN_PART, SHOWN_OTHERWISE, OTHERS_ADDED, OTHERS_REMOVED, OTHERS_DOUBLED, OTHERS_DETACHED, OTHERS_DELETED, OTHERS_PUT_STRANGE,
        FAILED
    }

    @Property
    void aKeptLayoutPlansToTheSameEffectAsOneMadeAnew(@ForAll("stories") List<Happening> story, @ForAll Random chance) {
        World world = new World(chance);
        for (Happening happening : story) {
            world.suffer(happening);
            Wanted reading = world.reading();
            FirewallPlan made = world.plan(new FirewallLayout(SHOP, LIMITS), read(reading.accesses()));
            FirewallPlan kept = world.plan(world.layout, reading);
            assertThat(kept.isEmpty()).isEqualTo(made.isEmpty());
            assertThat(kept.closes()).isEqualTo(made.closes());
            assertThat(kept.unplaced()).isEqualTo(made.unplaced());
            assertThat(world.after(kept)).isEqualTo(world.after(made));
            assertThat(contents(kept)).allSatisfy(content -> assertThat(letIn(content)).doesNotHaveDuplicates());
            world.planned = kept;
        }
    }

    @Property
    void whatAReadingSaysOfTheOneBeforeLeadsToThePlanThatComparingAllOfItLeadsTo(@ForAll("stories") List<Happening> story, @ForAll Random chance) {
        World world = new World(chance);
        FirewallLayout comparing = new FirewallLayout(SHOP, LIMITS);
        for (Happening happening : story) {
            world.suffer(happening);
            Wanted reading = world.reading();
            world.planned = world.plan(world.layout, reading);
            assertThat(world.planned).isEqualTo(world.plan(comparing, read(reading.accesses())));
        }
    }

    @Property
    void nobodyWhoStaysIsMissingWhileThePlanOfAKeptLayoutIsCarriedOut(@ForAll("stories") List<Happening> story, @ForAll Random chance) {
        World world = new World(chance);
        for (Happening happening : story) {
            world.suffer(happening);
            Wanted reading = world.reading();
            world.planned = world.plan(world.layout, reading);
            Set<Access> staying = letIn(world.own);
            staying.retainAll(reading.accesses());
            PureProvider provider = new PureProvider(world.own, LIMITS);
            for (FirewallPlan.Call call : world.planned.calls()) {
                provider.does(new FirewallPlan(List.of(call), false, Set.of()));
                assertThat(letIn(provider.firewalls())).containsAll(staying);
            }
        }
    }

    @Provide
    Arbitrary<List<Happening>> stories() {
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.of(Happening.values())),
            Tuple.of(2, Arbitraries.of(Happening.BEGUN, Happening.ENDED, Happening.BEGUN_AND_ENDED, Happening.CARRIED_OUT))).list().ofMaxSize(30);
    }

    private static List<FirewallContent> contents(FirewallPlan plan) {
        return plan.calls().stream().flatMap(call -> call instanceof FirewallPlan.Create create ? Stream.of(create.content())
            : call instanceof FirewallPlan.Replace replace ? Stream.of(replace.content()) : Stream.empty()).toList();
    }

    private static List<Access> letIn(FirewallContent content) {
        return content.inbound().stream().flatMap(rule -> rule.sources().stream()
            .map(source -> new Access(rule.door().protocol(), rule.door().ports(), source))).toList();
    }

    private static Set<Access> letIn(List<ShownFirewall> shown) {
        return shown.stream().flatMap(firewall -> firewall.accesses().stream()).collect(Collectors.toSet());
    }

    /** A service, what the provider shows of it, and the layout that is kept. */
    private static final class World {
        final FirewallLayout layout = new FirewallLayout(SHOP, LIMITS);
        final Set<Access> wanted = new HashSet<>();
        Optional<Attachment> attachment = Optional.of(TAGGED);
        List<ShownFirewall> own = new ArrayList<>();
        FirewallPlan planned = new FirewallPlan(List.of(), false, Set.of());
        private final List<Wanted> readings = new ArrayList<>(List.of(Wanted.NOBODY));
        private final Map<FirewallRule, FirewallRule> seen = new HashMap<>();
        private final Random chance;

        World(Random chance) {
            this.chance = chance;
        }

        /**
         * What an activation plans with: it read it after the layout was made, or after a reading that nobody planned with; or it read it long ago, and others
         * have planned since.
         */
        Wanted reading() {
            Wanted before = chance.nextInt(4) == 0 ? readings.get(chance.nextInt(readings.size())) : layout.madeFor();
            readings.add(before.readAgain(wanted.stream()));
            return readings.get(chance.nextInt(8) == 0 ? chance.nextInt(readings.size()) : readings.size() - 1);
        }

        FirewallPlan plan(FirewallLayout from, Wanted reading) {
            return PlanFirewall.plan(from, attachment, reading, look(), Set.of("postern-shop-db-2"));
        }

        /** The same as was read before, or equal to it. */
        private List<ShownFirewall> look() {
            return own.stream().map(shown -> shown.sharing(rule -> chance.nextBoolean() ? seen.computeIfAbsent(rule, first -> first)
                : new FirewallRule(rule.door(), new ArrayList<>(rule.sources())))).toList();
        }

        /** Who is let in by what the plan leads to, by how many objects, by attachment. What others doubled within an object may stay, until it is put. */
        Map<String, List<Access>> after(FirewallPlan plan) {
            Map<String, List<Access>> after = new TreeMap<>();
            new PureProvider(own, LIMITS).does(plan).firewalls().forEach(firewall -> after
                .computeIfAbsent(firewall.attachment() + " " + firewall.strange() + " " + firewall.progress(), none -> new ArrayList<>())
                .addAll(firewall.accesses()));
            after.values().forEach(Collections::sort);
            return after;
        }

        void suffer(Happening happening) {
            switch (happening) {
                case BEGUN -> wanted.add(access());
                case ENDED -> end();
                case BEGUN_AND_ENDED -> {
                    end();
                    wanted.add(access());
                }
                case ALL_ENDED -> wanted.clear();
                case MANY_BEGUN -> Stream.generate(this::access).limit(20).forEach(wanted::add);
                case ATTACHED_OTHERWISE -> attachment = Optional.of(attachment.equals(Optional.of(TAGGED)) ? PARTED : TAGGED);
                case TAKEN_AWAY -> {
                    attachment = Optional.empty();
                    wanted.clear();
                }
                case CARRIED_OUT -> carryOut(planned.calls().size());
                case CARRIED_OUT_IN_PART -> carryOut(planned.calls().size() / 2);
                case OTHERS_DELETED -> {
                    if (!own.isEmpty()) {
                        own.remove(chance.nextInt(own.size()));
                    }
                }
                default -> own.replaceAll(shown -> chance.nextBoolean() ? shown : changed(shown, happening));
            }
        }

        private void carryOut(int calls) {
            own = new PureProvider(own, LIMITS).does(new FirewallPlan(planned.calls().subList(0, calls), false, Set.of())).firewalls();
            own.sort(Comparator.comparing(ShownFirewall::name)); // a service asks for its objects in one order
            planned = new FirewallPlan(List.of(), false, Set.of());
        }

        private ShownFirewall changed(ShownFirewall shown, Happening how) {
            List<FirewallRule> rules = new ArrayList<>(shown.inbound());
            Access any = access();
            switch (how) {
                case SHOWN_OTHERWISE -> rules = new ArrayList<>(Examples.shown("?", "?", shown.accesses()).inbound());
                case OTHERS_ADDED -> {
                    if (rules.size() < LIMITS.rulesPerFirewallMax()) { // more, nobody can
                        rules.add(new FirewallRule(any.door(), List.of(any.source())));
                    }
                }
                case OTHERS_REMOVED -> rules.replaceAll(rule -> new FirewallRule(rule.door(), rule.sources().subList(rule.sources().size() / 2, rule.sources().size())));
                case OTHERS_DOUBLED -> rules.replaceAll(rule -> new FirewallRule(rule.door(), doubled(rule.sources())));
                default -> { }
            }
            return new ShownFirewall(shown.id(), shown.name(), rules, how == Happening.OTHERS_PUT_STRANGE ? List.of("an outbound rule") : shown.strange(),
                how == Happening.OTHERS_DETACHED ? new Attachment(List.of(), List.of(7L)) : shown.attachment(),
                how == Happening.FAILED ? ShownFirewall.Progress.FAILED : shown.progress());
        }

        /** As many as before, but one of them twice. */
        private static List<SourceAddress> doubled(List<SourceAddress> sources) {
            List<SourceAddress> some = new ArrayList<>(sources);
            some.set(0, some.get(some.size() - 1));
            return some;
        }

        private void end() {
            wanted.stream().sorted().skip(wanted.isEmpty() ? 0 : chance.nextInt(wanted.size())).findFirst().ifPresent(wanted::remove);
        }

        private Access access() {
            return tcp(chance.nextBoolean() ? 5432 : 443, "203.0.113." + (1 + chance.nextInt(40)));
        }
    }
}
