// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.reconcile.SimulatedWorld.Installation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two installations of Postern at one account, each with tables of its own and a service of the same name: neither ever writes an object of the other,
 * whether they have ids or not. In virtual time; {@code -Dpostern.simulation.seeds=N} runs a tenth of that many stories for each pair.
 */
class TwoInstallationsTest {
    private static final ProviderLimits SMALL = new ProviderLimits(4, 3);
    private static final ServiceName SHOP = new ServiceName("shop");

    static Stream<Arguments> pairs() {
        return Stream.of(Arguments.of("neither has an id", ObjectNames.PLAIN, ObjectNames.PLAIN),
            Arguments.of("one has an id", ObjectNames.PLAIN, named("east")), Arguments.of("both have ids", named("west"), named("east")));
    }

    private static ObjectNames named(String id) {
        return new ObjectNames(Optional.of(id));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void firstGrantsAtTheSameMomentMakeAnObjectEach(String pair, ObjectNames one, ObjectNames other) {
        List<SimulatedWorld> both = worlds(1, one, other);
        both.forEach(world -> world.protect("shop"));
        for (int at = 0; at < 2; at++) {
            both.get(at).grant(SHOP, "203.0.113." + (1 + at), Duration.ofHours(5), Optional.empty());
        }
        both.get(0).time.run(Duration.ofSeconds(30));
        both.forEach(world -> assertThat(world.shown(SHOP)).isEqualTo(world.wanted(SHOP)).hasSize(1));
        assertThat(both.get(0).provider.objects.values()).extracting(object -> object.content.name()).doesNotHaveDuplicates().hasSize(2);
        right(both);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void lastEndOfOneInstallationTakesNobodyOfTheOtherOut(String pair, ObjectNames one, ObjectNames other) {
        List<SimulatedWorld> both = worlds(1, one, other);
        both.forEach(world -> world.protect("shop"));
        Map<SimulatedWorld, AccessRequestId> grants = new LinkedHashMap<>();
        for (SimulatedWorld world : both) { // the same address in both: only the object tells them apart
            grants.put(world, world.grant(SHOP, "203.0.113.1", Duration.ofHours(5), Optional.empty()));
            world.time.run(Duration.ofSeconds(5));
        }
        for (SimulatedWorld ending : both) {
            ending.end(grants.get(ending));
            ending.time.run(Duration.ofSeconds(90));
            both.forEach(world -> assertThat(world.shown(SHOP)).isEqualTo(world.wanted(SHOP)));
        }
        assertThat(both.get(0).provider.objects).isEmpty();
        right(both);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void noStoryOfTwoInstallationsWritesAnObjectOfTheOther(String pair, ObjectNames one, ObjectNames other) {
        for (int seed = 1; seed <= Math.max(1, Integer.getInteger("postern.simulation.seeds", 300) / 10); seed++) {
            List<SimulatedWorld> both = story(seed, one, other);
            for (SimulatedWorld world : both) {
                assertThat(world.wrong.stream().limit(3)).as("seed " + seed + " of installation " + world.installation.label()).isEmpty();
            }
        }
    }

    private static List<SimulatedWorld> story(int seed, ObjectNames one, ObjectNames other) {
        List<SimulatedWorld> both = worlds(seed, one, other);
        Random random = both.get(0).random;
        Map<SimulatedWorld, List<AccessRequestId>> grants = new LinkedHashMap<>();
        both.forEach(world -> {
            world.protect("shop");
            grants.put(world, new ArrayList<>());
        });
        for (int step = 0; step < 25; step++) {
            SimulatedWorld world = both.get(random.nextInt(2));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> both.forEach(each -> grants.get(each).add(granted(each, random)));
                case 3 -> grants.get(world).add(granted(world, random));
                case 4 -> grants.get(world).stream().findFirst().ifPresent(grant -> {
                    grants.get(world).remove(grant);
                    world.end(grant);
                });
                case 5 -> both.forEach(each -> {
                    grants.get(each).forEach(each::end);
                    grants.get(each).clear();
                });
                case 6 -> {
                    both.forEach(SimulatedWorld::amiss);
                    world.provider.illness = random.nextDouble() * 0.5;
                }
                default -> crash(world, random);
            }
            world.time.run(Duration.ofMillis((long) Math.exp(random.nextDouble() * 9.5)));
        }
        both.forEach(world -> {
            world.provider.illness = 0;
            if (world.running().isEmpty()) {
                world.startProcess();
            }
            world.mended(Duration.ofSeconds(25));
        });
        both.forEach(SimulatedWorld::settle);
        both.forEach(SimulatedWorld::checkSettled);
        return both;
    }

    private static AccessRequestId granted(SimulatedWorld world, Random random) {
        String net = world.installation.label().isEmpty() ? "203.0.113." : "198.51.100.";
        return world.grant(SHOP, net + (1 + random.nextInt(12)), Duration.ofSeconds(5 + random.nextInt(600)), Optional.empty());
    }

    private static void crash(SimulatedWorld world, Random random) {
        world.amiss();
        world.running().forEach(SimulatedProcess::kill);
        world.time.after(Duration.ofSeconds(1 + random.nextInt(5)), world::startProcess);
    }

    private static List<SimulatedWorld> worlds(int seed, ObjectNames one, ObjectNames other) {
        SimulatedWorld first = new SimulatedWorld(new VirtualTime(SimulatedWorld.START), new Random(seed), SMALL, new Installation("", one), Optional.empty(),
            1,
            Duration.ofSeconds(1), BudgetPolicy.DIGITALOCEAN);
        SimulatedWorld second = first.beside(new Installation("other", other));
        first.pokesLost = 0;
        second.pokesLost = 0;
        return List.of(first, second);
    }

    private static void right(List<SimulatedWorld> both) {
        both.forEach(world -> assertThat(world.wrong).isEmpty());
    }
}
