// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequested;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.hibernate.reactive.mutiny.Mutiny;

/** A service as small as can be, on the real thing: notes what comes in, and says that it ended. */
@ApplicationScoped
public class Ledger {
    static final String CONSUMER = "ledger";
    static final String REFUSED = "refused by the ledger";
    static final String FAILS_ONCE = "fails once behind its effect";
    static final String FAILS_AFTER_COMMIT = "fails after its commit";
    private static final String NOTE = "insert into ledger (request_id, noted) values (?1, 1) on conflict (request_id) do update set noted = ledger.noted + 1";

    private final Deliveries deliveries;
    private final Transactions transactions;
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
    private final Map<String, Integer> committed = new ConcurrentHashMap<>();

    Ledger(Deliveries deliveries, Transactions transactions) {
        this.deliveries = deliveries;
        this.transactions = transactions;
    }

    @Incoming("access-requested")
    public Uni<Void> onAccessRequested(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, CONSUMER, AccessRequested.class, (session, received) -> note(session, received.event())
            .invoke(events -> failOnce(received.event()))
            .map(events -> new DeliveryEffect(events, () -> afterCommit(received.event()))));
    }

    private void failOnce(AccessRequested request) {
        boolean first = attempts.merge(request.key(), 1, Integer::sum) == 1;
        if (first && request.reason().filter(FAILS_ONCE::equals).isPresent()) {
            throw new IllegalStateException(FAILS_ONCE);
        }
    }

    private void afterCommit(AccessRequested request) {
        committed.merge(request.key(), 1, Integer::sum);
        if (request.reason().filter(FAILS_AFTER_COMMIT::equals).isPresent()) {
            throw new IllegalStateException(FAILS_AFTER_COMMIT);
        }
    }

    /** Returns the number of attempts at the effect of a request. */
    int attempts(AccessRequested request) {
        return attempts.getOrDefault(request.key(), 0);
    }

    /** Returns the number of effects after the commit of a request. */
    int afterCommits(AccessRequested request) {
        return committed.getOrDefault(request.key(), 0);
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
