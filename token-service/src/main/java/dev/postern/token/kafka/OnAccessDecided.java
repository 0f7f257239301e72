// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.kafka;

import dev.postern.events.AccessDecided;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import dev.postern.messaging.Deliveries;
import dev.postern.messaging.DeliveryEffect;
import dev.postern.token.AccessRequest;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.timer.ExpirySweep;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.hibernate.reactive.mutiny.Mutiny;

/** Policy answered. A grant and the end of what it replaces are one transaction. */
@ApplicationScoped
public class OnAccessDecided {
    private static final String CONSUMER = "token-service";

    private final Deliveries deliveries;
    private final AccessRequestStore store;
    private final ExpirySweep sweep;
    private final MeterRegistry metrics;

    OnAccessDecided(Deliveries deliveries, AccessRequestStore store, ExpirySweep sweep, MeterRegistry metrics) {
        this.deliveries = deliveries;
        this.store = store;
        this.sweep = sweep;
        this.metrics = metrics;
    }

    /** Takes one record of {@code access-decided}. */
    @Incoming("access-decided")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, CONSUMER, AccessDecided.class, (session, received) -> apply(session, received.event()));
    }

    private Uni<DeliveryEffect> apply(Mutiny.Session session, AccessDecided event) {
        return store.apply(session, event.requestId(), request -> event.outcome() == AccessDecided.Decision.GRANTED
            ? request.onGranted(event) : request.onDenied(event))
            // An unknown request id means lost or foreign data: dead-letter it.
            .map(outcome -> outcome.orElseThrow(() -> new IllegalArgumentException("a decision of an unknown request")))
            .chain(outcome -> endReplaced(session, outcome))
            .map(events -> new DeliveryEffect(events, () -> committed(event)));
    }

    private Uni<List<Event>> endReplaced(Mutiny.Session session, Outcome<AccessRequest> decided) {
        if (!(decided.next() instanceof AccessRequest.Granted granted) || granted.asked().replaces().isEmpty()) {
            return Uni.createFrom().item(decided.events());
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return store.apply(session, granted.asked().replaces().get(), replaced -> replaced.replacedBy(granted.id(), now))
            .map(ended -> Stream.concat(decided.events().stream(), ended.stream().flatMap(outcome -> outcome.events().stream())).toList());
    }

    private void committed(AccessDecided event) {
        metrics.counter("postern_access_decided_total", "outcome", event.outcome() == AccessDecided.Decision.GRANTED ? "granted" : "denied").increment();
        event.validUntil().ifPresent(sweep::before);
    }
}
