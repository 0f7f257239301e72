package dev.postern.policy.kafka;

import dev.postern.events.AccessRequested;
import dev.postern.messaging.Deliveries;
import dev.postern.policy.postgres.DecisionStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A request came: {@link dev.postern.policy.DecideAccess} answers it, once. */
@ApplicationScoped
public class OnAccessRequested {
    private final Deliveries deliveries;
    private final DecisionStore decisions;

    OnAccessRequested(Deliveries deliveries, DecisionStore decisions) {
        this.deliveries = deliveries;
        this.decisions = decisions;
    }

    /** Takes a record; done when its answer is committed. */
    @Incoming("access-requested")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, "policy-service", AccessRequested.class,
            (session, received) -> decisions.decide(session, received.event(), Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }
}
