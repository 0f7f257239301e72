// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.plan.ProviderLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts provider calls: the real decisions in virtual time, against a provider that counts, and refuses beyond its limits. The figures are printed. */
class CallNumbersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aThousandGrantsInAMinuteTakeATenthOfOneCallPerChange(int replicas) {
        SimulatedWorld world = new SimulatedWorld(1, ProviderLimits.DIGITALOCEAN, replicas);
        List<ServiceName> services = IntStream.rangeClosed(1, 3).mapToObj(at -> world.protect("shop-" + at)).toList();
        world.time.run(Duration.ofSeconds(70));
        long before = world.provider.calls;
        Map<AccessRequestId, Instant> granted = new HashMap<>();
        Random random = new Random(1);
        for (int at = 0; at < 1_000; at++) {
            int number = at;
            world.time.after(Duration.ofMillis(at * 60L), () -> granted.put(world.grant(services.get(number % 3),
                "20.18." + number / 250 + "." + (1 + number % 250), Duration.ofSeconds(10 + random.nextInt(20)), Optional.empty()), world.time.now()));
        }
        world.time.run(Duration.ofSeconds(100));
        long calls = world.provider.calls - before;
        List<Long> waits = new ArrayList<>();
        world.tables.published.forEach(event -> event.changes().stream().filter(change -> change.state() == OpeningState.OPEN)
            .forEach(change -> waits.add(Duration.between(granted.get(change.requestId()), change.since()).toMillis())));
        waits.sort(Long::compare);
        long p99 = waits.get(waits.size() * 99 / 100);
        long closed = world.tables.published.stream().flatMap(event -> event.changes().stream()).filter(change -> change.state() == OpeningState.CLOSED)
            .count();
        System.out.println("1,000 grants in 60 s over 3 services, each over after 10 to 30 s, " + replicas + " processes: " + calls + " calls ("
            + world.provider.writes + " of them write), opened p50 " + waits.get(waits.size() / 2)
            + " ms, p99 " + p99 + " ms (the provider takes " + world.provider.doneAfter.toMillis() + " ms)");
        assertThat(waits.size()).isEqualTo(1_000);
        assertThat(closed).isEqualTo(1_000);
        assertThat(world.wrong.stream().limit(3)).isEmpty();
        assertThat(world.provider.tooMany).isZero();
        assertThat(p99).isLessThanOrEqualTo(world.provider.doneAfter.toMillis() + 2_000);
        assertThat(calls).isLessThanOrEqualTo(200);
    }

    @Test
    void aBurstOfTenThousandOpeningsOfOneServiceTakesThirtyCalls() {
        SimulatedWorld world = new SimulatedWorld(1, new ProviderLimits(1_000, 4), 2);
        ServiceName shop = world.protect("shop");
        world.time.run(Duration.ofSeconds(70));
        long before = world.provider.calls;
        for (int at = 0; at < 10_000; at++) {
            int number = at;
            world.time.after(Duration.ofMillis(at / 2), () -> world.grant(shop, "20." + (18 + number / 62_500) + "." + number / 250 % 250 + "."
                + (1 + number % 250), Duration.ofHours(1), Optional.empty()));
        }
        world.time.run(Duration.ofSeconds(30));
        long calls = world.provider.calls - before;
        System.out.println("A burst of 10,000 openings of one service, 2,000 a second: " + calls + " calls, " + world.provider.objects.size() + " objects");
        assertThat(world.shown(shop)).hasSize(10_000);
        assertThat(world.provider.objects.values()).extracting(held -> held.content.name()).containsExactly("postern-shop-1", "postern-shop-2",
            "postern-shop-3");
        assertThat(world.provider.objects.values()).allSatisfy(held -> assertThat(held.content.inbound()).hasSizeLessThanOrEqualTo(4));
        assertThat(world.tables.live(shop)).allMatch(opening -> opening.state() == OpeningState.OPEN);
        assertThat(calls).isLessThanOrEqualTo(30);
    }

    @Test
    void aDayOfAHundredThousandOpeningsStaysInsideBothLimitsAtEveryMinute() {
        SimulatedWorld world = new SimulatedWorld(1, ProviderLimits.DIGITALOCEAN, 2, Duration.ofSeconds(30));
        List<ServiceName> services = IntStream.rangeClosed(1, 10).mapToObj(at -> world.protect("shop-" + at)).toList();
        Random random = new Random(1);
        for (int at = 0; at < 100_000; at++) {
            int number = at;
            world.time.after(Duration.ofMillis((long) (random.nextDouble() * 86_400_000)), () -> world.grant(services.get(number % 10),
                "20." + (18 + number / 62_500) + "." + number / 250 % 250 + "." + (1 + number % 250), Duration.ofSeconds(60 + random.nextInt(1_200)),
                Optional.empty()));
        }
        long most = 0;
        long mostInHour = 0;
        List<Long> byMinute = new ArrayList<>();
        for (int minute = 0; minute < 24 * 60 + 30; minute++) {
            long before = world.provider.calls;
            world.time.run(Duration.ofMinutes(1));
            byMinute.add(world.provider.calls - before);
            most = Math.max(most, byMinute.get(minute));
            mostInHour = Math.max(mostInHour, byMinute.subList(Math.max(0, minute - 59), minute + 1).stream().mapToLong(Long::longValue).sum());
        }
        System.out.println("A day of 100,000 openings over 10 services: " + world.provider.calls + " calls, at most " + most + " in a minute and " + mostInHour
            + " in an hour");
        assertThat(world.provider.tooMany).as("calls beyond the limits").isZero();
        assertThat(most).isLessThanOrEqualTo(250);
        assertThat(mostInHour).isLessThanOrEqualTo(5_000);
        assertThat(world.wrong.stream().limit(3)).isEmpty();
        world.settle();
        world.checkSettled();
        assertThat(world.wrong.stream().limit(3)).isEmpty();
    }
}
