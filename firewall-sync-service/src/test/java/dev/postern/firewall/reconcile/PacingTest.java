// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.plan.ProviderLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures how long an ended access stays open while budget is left, in virtual time: hours in {@code verify}, a day with {@code
 * -Dpostern.simulation.hours=24}. The figures are printed.
 */
class PacingTest {
    private static final int GRANTS_PER_HOUR = 300;
    /** Beyond so many calls in an hour changes gather: less than a quarter of the budget is left (ADR 24). */
    private static final long SCARCE_CALLS = 3_400;
    private static final int HOURS = Integer.getInteger("postern.simulation.hours", 2);

    @ParameterizedTest
    @ValueSource(ints = {3, 22, 100})
    void endedAccessIsClosedWithinTwoSecondsHoweverManyServicesChangedInTheHour(int serviceCount) {
        SimulatedWorld world = new SimulatedWorld(1, ProviderLimits.DIGITALOCEAN, 2, Duration.ofSeconds(30));
        List<ServiceName> services = IntStream.rangeClosed(1, serviceCount).mapToObj(at -> world.protect("shop-" + at)).toList();
        world.pokesLost = 0;
        world.time.run(Duration.ofSeconds(70));
        Random random = new Random(serviceCount);
        Map<AccessRequestId, Instant> granted = new HashMap<>();
        Map<AccessRequestId, Instant> revoked = new HashMap<>();
        Map<AccessRequestId, Instant> expires = new HashMap<>();
        Set<AccessRequestId> gathered = new HashSet<>();
        Instant[] scarceUntil = {Instant.EPOCH};
        world.every(Duration.ofSeconds(5),
            () -> scarceUntil[0] = world.provider.callsOfTheHour() > SCARCE_CALLS ? world.time.now().plusSeconds(60) : scarceUntil[0]);
        for (int at = 0; at < GRANTS_PER_HOUR * HOURS; at++) {
            int number = at;
            Duration begins = Duration.ofMillis((long) (random.nextDouble() * HOURS * 3_600_000));
            Duration lasts = Duration.ofMillis(60_000 + random.nextInt(1_200_000));
            Duration ends = lasts.multipliedBy(random.nextInt(2) + 1).dividedBy(2); // half of them are revoked before they expire
            world.time.after(begins, () -> {
                AccessRequestId grant = world.grant(services.get(number % serviceCount), "20.18." + number / 250 % 250 + "." + (1 + number % 250), lasts,
                    Optional.empty());
                granted.put(grant, world.time.now());
                expires.put(grant, world.time.now().plus(lasts));
                world.time.after(lasts, () -> {
                    if (world.time.now().isBefore(scarceUntil[0])) {
                        gathered.add(grant);
                    }
                });
                if (ends.compareTo(lasts) < 0) {
                    world.time.after(ends, () -> {
                        revoked.put(grant, world.time.now());
                        world.end(grant);
                    });
                }
            });
        }
        long mostInHour = 0;
        for (int hour = 0; hour <= HOURS; hour++) {
            long before = world.provider.calls;
            world.time.run(Duration.ofHours(1));
            mostInHour = Math.max(mostInHour, world.provider.calls - before);
        }
        List<Long> opened = waits(world, OpeningState.OPEN, granted);
        List<Long> afterRevocation = waits(world, OpeningState.CLOSED, revoked);
        expires.keySet().removeAll(revoked.keySet());
        List<Long> afterExpiry = waits(world, OpeningState.CLOSED, expires);
        expires.keySet().removeAll(gathered);
        List<Long> whileBudgetIsLeft = waits(world, OpeningState.CLOSED, expires);
        System.out.println(serviceCount + " services, " + HOURS + " hours, " + GRANTS_PER_HOUR + " grants an hour: at most " + mostInHour
            + " calls in an hour; opened p99 " + p99(opened) + " ms; closed after a revocation p99 " + p99(afterRevocation) + " ms, after an expiry p99 "
            + p99(afterExpiry) + " ms, at most " + whileBudgetIsLeft.get(whileBudgetIsLeft.size() - 1) + " ms; "
            + (afterExpiry.size() - whileBudgetIsLeft.size())
            + " ended with less than a quarter of the budget left, all at most " + afterExpiry.get(afterExpiry.size() - 1) + " ms (the provider takes "
            + world.provider.doneAfter.toMillis() + " ms)");
        long provider = world.provider.doneAfter.toMillis() + 3 * world.provider.answersAfter.toMillis();
        assertThat(afterRevocation.size() + afterExpiry.size()).isEqualTo(GRANTS_PER_HOUR * HOURS);
        assertThat(p99(afterRevocation)).isLessThanOrEqualTo(2_000 + provider);
        assertThat(whileBudgetIsLeft.get(whileBudgetIsLeft.size() - 1)).as("the provider's own time included").isLessThanOrEqualTo(2_000);
        assertThat(gathered.size()).as("expiries with little budget left").isLessThan(afterExpiry.size() / 20);
        assertThat(p99(opened)).isLessThanOrEqualTo(2_000 + provider);
        assertThat(world.provider.tooMany).isZero();
        assertThat(world.wrong.stream().limit(3)).isEmpty();
    }

    static List<Long> waits(SimulatedWorld world, OpeningState state, Map<AccessRequestId, Instant> from) {
        return Waits.of(world.tables, state, from);
    }

    static long p99(List<Long> sorted) {
        return sorted.get(sorted.size() * 99 / 100);
    }
}
