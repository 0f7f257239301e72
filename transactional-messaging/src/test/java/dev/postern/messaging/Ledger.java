package dev.postern.messaging;

import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequested;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.hibernate.reactive.mutiny.Mutiny;

/** A service as small as can be, on the real thing: notes what comes in, and says that it ended. */
@ApplicationScoped
public class Ledger {
    static final String CONSUMER = "ledger";
    static final String REFUSED = "refused by the ledger";
    private static final String NOTE =
        "insert into ledger (request_id, noted) values (?1, 1) on conflict (request_id) do update set noted = ledger.noted + 1";

    private final Deliveries deliveries;
    private final Transactions transactions;

    Ledger(Deliveries deliveries, Transactions transactions) {
        this.deliveries = deliveries;
        this.transactions = transactions;
    }

    @Incoming("access-requested")
    public Uni<Void> onAccessRequested(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliver(record, CONSUMER, AccessRequested.class, (session, received) -> note(session, received.event()));
    }

    /** A decision over HTTP, as it were; fails after the event was appended if the reason says so. */
    Uni<String> decide(AccessRequested request) {
        return transactions.decide(session -> note(session, request)
            .map(events -> new Outcome<>(request.key(), events)))
            .chain(key -> Uni.createFrom().item(key));
    }

    /** Appends its event and then fails. */
    Uni<String> decideAndFail(AccessRequested request, Outbox outbox) {
        return transactions.decide(session -> note(session, request)
            .chain(events -> outbox.append(session, events))
            .chain(() -> Uni.createFrom().<Outcome<String>>failure(new IllegalStateException(REFUSED))));
    }

    private static Uni<List<Event>> note(Mutiny.Session session, AccessRequested request) {
        if (request.reason().filter(REFUSED::equals).isPresent()) {
            return Uni.createFrom().failure(new IllegalArgumentException(REFUSED));
        }
        return session.createNativeQuery(NOTE).setParameter(1, request.key()).executeUpdate()
            .map(rows -> List.of(new AccessEnded(request.requestId(), request.account(), AccessEnded.Cause.REVOKED, Optional.empty(), Optional.empty(),
                request.requestedAt())));
    }
}
