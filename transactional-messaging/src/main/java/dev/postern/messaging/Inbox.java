// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.EventId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.hibernate.reactive.mutiny.Mutiny;

/** Which events had their effect here: written in the transaction of the effect, so that an event that comes again finds it. */
@ApplicationScoped
public class Inbox {
    private static final String FIRST = "insert into inbox (consumer, event_id) values (?1, ?2) on conflict do nothing";

    /**
     * Takes note of an event in the transaction of {@code session}; waits for another transaction that is just doing so.
     *
     * @return true the first time; false if the event had its effect before
     */
    public Uni<Boolean> firstTime(Mutiny.Session session, String consumer, EventId event) {
        return session.createNativeQuery(FIRST)
            .setParameter(1, consumer).setParameter(2, event.toString())
            .executeUpdate().map(rows -> rows == 1);
    }
}
