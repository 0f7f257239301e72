// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.Progress;
import dev.postern.local.stack.StackSettings;
import dev.postern.system.actors.Caller;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * From 202 to "open at the provider", as a ratio to what the way costs bare: L = 2 × Kafka end to end (acks=all) + 3 × one durable PostgreSQL commit +
 * 2 × one HTTP round trip, each measured in the same run, on the same broker, database and simulated provider (at zero delay). Unloaded: 20 requests a
 * second. No part of {@code mvn verify}; run it with {@code mvn -pl system-tests -am verify -Dit.test=OpenLatencyBenchmark …} as system-tests/README.md says.
 */
class OpenLatencyBenchmark {
    private static final double RATIO_MAX = 2.5;
    private static final int PER_SECOND = 20;
    private static final int WARM_UP = 600;
    private static final int MEASURED = 400;
    private static final String SERVICE = "benchmark";
    private static final String PORT = "5432";

    @Test
    void fromAcceptedToOpenAtTheProvider() throws Exception {
        Path root = Path.of(System.getProperty("postern.root")).toAbsolutePath();
        StackSettings settings = StackSettings.of(root).withData(root.resolve("system-tests/target/benchmark-" + UUID.randomUUID()))
            .withPorts(Ports.free()).withCloud(Cloud.Simulated.unlimited());
        try (LocalStack stack = new LocalStack(settings); Progress progress = new Progress(System.out)) {
            stack.start(progress);
            Cast cast = Cast.of(stack);
            cast.operator().protect(SERVICE, "shop-db", PORT);
            cast.operator().awaitKnown(cast.portal(), SERVICE, PORT, "198.51.100.250");
            run(stack, cast, 0, WARM_UP);
            Bare before = Bare.measure(stack);
            Percentiles open = run(stack, cast, WARM_UP, MEASURED);
            Bare after = Bare.measure(stack);
            report(before, open, after);
        }
    }

    private static void report(Bare before, Percentiles open, Bare after) {
        long bare = (before.pathMicros() + after.pathMicros()) / 2;
        double ratio = (double) open.p50() / bare;
        System.out.printf("bare, before: %s%nbare, after:  %s%n", before, after);
        System.out.printf("L = 2 Kafka + 3 commits + 2 HTTP = %,d µs (mean of both)%n", bare);
        System.out.printf("from 202 to open at the provider, %d requests at %d/s: %s%n", MEASURED, PER_SECOND, open);
        System.out.printf("ratio of p50 to L: %.2f (limit %.1f); of p99 to L: %.2f%n", ratio, RATIO_MAX, (double) open.p99() / bare);
        assertThat(ratio).as("p50 / L").isLessThanOrEqualTo(RATIO_MAX);
    }

    /** Asks at a steady pace and compares the instant of each 202 with the instant at which the provider let the address in. */
    private static Percentiles run(LocalStack stack, Cast cast, int first, int count) throws Exception {
        Map<String, Instant> accepted = new ConcurrentHashMap<>();
        Map<String, UUID> ids = new LinkedHashMap<>();
        ScheduledExecutorService pace = Executors.newScheduledThreadPool(4);
        long begin = System.nanoTime();
        for (int number = 0; number < count; number++) {
            int global = first + number;
            String source = "203.0." + (64 + global / 250) + "." + (1 + global % 250);
            UUID id = UUID.randomUUID();
            ids.put(source, id);
            long delay = begin + number * TimeUnit.SECONDS.toNanos(1) / PER_SECOND - System.nanoTime();
            pace.schedule(() -> {
                cast.portal().ask(ClientPortal.opening(id, "acme", SERVICE, PORT, source, Duration.ofHours(1))).expect(202);
                accepted.put(source, Instant.now());
            }, Math.max(0, delay), TimeUnit.NANOSECONDS);
        }
        pace.shutdown();
        assertThat(pace.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
        for (UUID id : ids.values()) {
            awaitOpen(cast, id);
        }
        List<Long> micros = new ArrayList<>();
        Map<String, Instant> acceptedById = new LinkedHashMap<>();
        Map<String, Instant> openById = new LinkedHashMap<>();
        Caller provider = new Caller(() -> stack.settings().cloud().token());
        for (Map.Entry<String, Instant> each : accepted.entrySet()) {
            JsonNode shown = provider.get(stack.cloudUrl() + "/_simulation/reachable?tag=shop-db&protocol=tcp&port=" + PORT + "&source=" + each.getKey())
                .expect(200).json();
            assertThat(shown.path("reachable").asBoolean()).as(each.getKey()).isTrue();
            Instant since = Instant.EPOCH.plus(shown.path("since").asLong(), ChronoUnit.MICROS);
            micros.add(ChronoUnit.MICROS.between(each.getValue(), since));
            String id = ids.get(each.getKey()).toString();
            acceptedById.put(id, each.getValue());
            openById.put(id, since);
        }
        Waypoints.of(stack).legs(acceptedById, openById).forEach((leg, took) -> System.out.printf("  … %s: %s%n", leg, took));
        for (UUID id : ids.values()) {
            cast.portal().end(id).expect(204);
        }
        return Percentiles.of(micros);
    }

    private static void awaitOpen(Cast cast, UUID id) {
        await().atMost(Duration.ofSeconds(60))
            .until(() -> "open".equals(cast.portal().look(id).expect(200).json().path("openings").path(0).path("state").asText()));
    }

    /** In microseconds. */
    record Percentiles(long p50, long p99, long max) {
        static Percentiles of(List<Long> micros) {
            List<Long> sorted = new ArrayList<>(micros);
            Collections.sort(sorted);
            return new Percentiles(sorted.get(sorted.size() / 2), sorted.get((int) (sorted.size() * 0.99)), sorted.get(sorted.size() - 1));
        }

        @Override
        public String toString() {
            return String.format("p50 %,d µs, p99 %,d µs, max %,d µs", p50, p99, max);
        }
    }
}
