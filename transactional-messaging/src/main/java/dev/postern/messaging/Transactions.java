// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** A decision, its state and its events in one transaction. */
@ApplicationScoped
public class Transactions {
    private static final int CONFLICT_RETRIES_MAX = 5;

    private final Mutiny.SessionFactory sessions;
    private final Outbox outbox;

    Transactions(Mutiny.SessionFactory sessions, Outbox outbox) {
        this.sessions = sessions;
        this.outbox = outbox;
    }

    /**
     * Runs a decision in one transaction and appends its events to the outbox in the same; the relay is woken by the commit.
     *
     * @param decision loads (with lock), decides and saves with the session; runs again after a deadlock or a serialization failure, so it must do
     *                 nothing else
     * @return what the decision returned as next state, after the commit
     */
    public <T> Uni<T> decide(Function<Mutiny.Session, Uni<Outcome<T>>> decision) {
        return sessions.withTransaction(session -> decision.apply(session)
            .call(outcome -> outbox.append(session, outcome.events())))
            .map(Outcome::next)
            .onFailure(PostgresFailures::conflict).retry().atMost(CONFLICT_RETRIES_MAX);
    }
}
