// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.firewall.postgres.WaitingStore.Waiting;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Gauges of what waits and of what is missing around protected services. The values are held here, so that no gauge loses its object. */
@ApplicationScoped
public class ConditionMetrics {
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();
    private final AtomicLong wallsMissing = new AtomicLong();
    private final AtomicLong objectsOfNobody = new AtomicLong();

    ConditionMetrics(MeterRegistry registry) {
        Gauge.builder("postern_openings_waiting", waiting, AtomicLong::get)
            .description("Openings that were granted longer ago than postern.reconcile.waiting-after and that the provider does not show").register(registry);
        Gauge.builder("postern_openings_waiting_oldest_seconds", oldestSeconds, AtomicLong::get)
            .description("How long the opening that waits longest has waited").register(registry);
        Gauge.builder("postern_walls_missing", wallsMissing, AtomicLong::get)
            .description("Protected services with a Droplet that no firewall but Postern's protects").register(registry);
        Gauge.builder("postern_objects_of_nobody", objectsOfNobody, AtomicLong::get)
            .description("Objects at the providers that are named like Postern's and that no service owns").register(registry);
    }

    /** Sets what waits. */
    public void waiting(Waiting found, Instant now) {
        waiting.set(found.count());
        oldestSeconds.set(found.oldest().map(since -> Math.max(0, Duration.between(since, now).toSeconds())).orElse(0L));
    }

    /** Sets the number of objects without an owner. */
    public void objectsOfNobody(int count) {
        objectsOfNobody.set(count);
    }

    /** Sets how many services lack a base firewall. */
    public void wallsMissing(long count) {
        wallsMissing.set(count);
    }
}
