// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.audit.Arrival;
import dev.postern.audit.AuditLog;
import dev.postern.audit.MergeByTime;
import dev.postern.audit.postgres.LogStore;
import dev.postern.messaging.DeadLetters;
import dev.postern.messaging.DeadLetters.Reason;
import dev.postern.messaging.Deliveries;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Takes every event of every topic to the log, a batch at a time: what gathered while the last batch was committed is the next one, so that a burst
 * shares commits and an event that is alone waits for nothing.
 */
@ApplicationScoped
public class OnAnyEvent {
    /** Names this consumer in dead letters. */
    static final String CONSUMER = "audit-service";
    private static final Logger LOG = Logger.getLogger(OnAnyEvent.class);
    private static final Duration WAIT_FIRST = Duration.ofSeconds(1);
    private static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private final LogStore store;
    private final Deliveries deliveries;
    private final DeadLetters deadLetters;
    private final Counter waits;

    OnAnyEvent(LogStore store, Deliveries deliveries, DeadLetters deadLetters, MeterRegistry metrics) {
        this.waits = metrics.counter("postern_log_waits_total");
        this.store = store;
        this.deliveries = deliveries;
        this.deadLetters = deadLetters;
    }

    /** A batch as it was read: what can get its place, and what never can, with the reason. */
    private record Batch(List<Arrival> arrivals, Map<Arrival, ConsumerRecord<String, byte[]>> records, List<Refused> refused) {}

    private record Refused(ConsumerRecord<String, byte[]> record, String why) {}

    /** Done when each record has its place in the log or is a dead letter; never fails. */
    @Incoming("any-event")
    public Uni<Void> on(ConsumerRecords<String, byte[]> records) {
        // Holding payloads to their schemas is work for a worker thread; it comes back to this context, which the session needs.
        Context here = Vertx.currentContext();
        return Uni.createFrom().completionStage(() -> here.executeBlocking(() -> read(records)).toCompletionStage())
            .chain(batch -> inTurn(batch.refused(), refused -> bury(refused.record(), Reason.UNREADABLE, refused.why()))
                .chain(() -> append(batch.arrivals(), batch.records())));
    }

    private static Batch read(ConsumerRecords<String, byte[]> records) {
        Map<Arrival, ConsumerRecord<String, byte[]>> byArrival = new IdentityHashMap<>();
        List<Refused> refused = new ArrayList<>();
        List<List<Arrival>> partitions = new ArrayList<>();
        for (TopicPartition partition : records.partitions()) {
            List<Arrival> arrivals = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : records.records(partition)) {
                try {
                    Arrival arrival = ArrivalReader.read(record);
                    arrivals.add(arrival);
                    byArrival.put(arrival, record);
                } catch (ArrivalReader.Unreadable unreadable) {
                    refused.add(new Refused(record, unreadable.getMessage()));
                }
            }
            partitions.add(arrivals);
        }
        return new Batch(MergeByTime.merge(partitions, Arrival::time), byArrival, refused);
    }

    private Uni<Void> append(List<Arrival> arrivals, Map<Arrival, ConsumerRecord<String, byte[]>> records) {
        if (arrivals.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return deliveries
            .inPlace(() -> store.append(arrivals)
                .chain(appended -> inTurn(appended.conflicts(), conflict -> bury(records.get(conflict.arrival()), Reason.UNPROCESSABLE, why(conflict)))))
            // Only what the event itself brought about may cost it its place. For all else the log waits: it must not go on without an event.
            .onFailure(failure -> !LogStore.faultOfEvent(failure)).invoke(this::waits)
            .onFailure(failure -> !LogStore.faultOfEvent(failure)).retry().withBackOff(WAIT_FIRST, WAIT_MAX).indefinitely()
            .onFailure().recoverWithUni(failure -> arrivals.size() > 1
                // One event that PostgreSQL does not take must not keep the others out.
                ? inTurn(arrivals, arrival -> append(List.of(arrival), records))
                : bury(records.get(arrivals.get(0)), Reason.UNPROCESSABLE, failure.getClass().getSimpleName()));
    }

    private void waits(Throwable failure) {
        waits.increment();
        LOG.error("Audit append failed; retrying", failure);
    }

    private static String why(AuditLog.ConflictingEvent conflict) {
        return "its source and id are those of entry " + conflict.index() + ", its content is not";
    }

    private static <T> Uni<Void> inTurn(List<T> items, Function<T, Uni<Void>> work) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (T item : items) {
            all = all.chain(() -> work.apply(item));
        }
        return all;
    }

    /** Comes back to the context that it was called on: what follows may need it. */
    private Uni<Void> bury(ConsumerRecord<String, byte[]> record, Reason reason, String why) {
        Context here = Vertx.currentContext();
        return deadLetters.bury(record, CONSUMER, reason, why).emitOn(work -> here.runOnContext(ignored -> work.run()));
    }
}
