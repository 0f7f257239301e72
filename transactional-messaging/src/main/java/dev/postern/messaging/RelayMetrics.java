package dev.postern.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What an operator sees of the relay. */
final class RelayMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger active;

    RelayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.active = registry.gauge("postern_relay_active", new AtomicInteger());
    }

    void active(boolean now) {
        active.set(now ? 1 : 0);
    }

    void sent(List<OutboxTable.Row> rows) {
        rows.forEach(row -> registry.counter("postern_events_sent_total", "topic", row.topic()).increment());
    }
}
