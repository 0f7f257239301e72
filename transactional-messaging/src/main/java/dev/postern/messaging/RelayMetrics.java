// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Metrics of the relay. */
final class RelayMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger active;
    private volatile Instant oldestUnsent;

    RelayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.active = registry.gauge("postern_relay_active", new AtomicInteger());
        registry.gauge("postern_outbox_oldest_unsent_seconds", this, RelayMetrics::oldestUnsentSeconds);
        // At 0 from the start: increase() of a series that begins with its first event is 0.
        Arrays.stream(Topic.values()).forEach(topic -> sent(topic.topicName()));
    }

    void active(boolean now) {
        active.set(now ? 1 : 0);
    }

    /** Notes the batch about to be sent; its age grows while Kafka does not accept it. */
    void sending(List<OutboxTable.Row> rows) {
        oldestUnsent = rows.get(0).createdAt();
    }

    void sent(List<OutboxTable.Row> rows) {
        oldestUnsent = null;
        rows.forEach(row -> sent(row.topic()).increment());
    }

    private Counter sent(String topic) {
        return registry.counter("postern_events_sent_total", "topic", topic);
    }

    private double oldestUnsentSeconds() {
        Instant oldest = oldestUnsent;
        return oldest == null ? 0 : Duration.between(oldest, Instant.now()).toMillis() / 1_000.0;
    }
}
