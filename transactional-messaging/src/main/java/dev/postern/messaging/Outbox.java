// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import dev.postern.events.EventJson;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.hibernate.reactive.mutiny.Mutiny;

/** Events beside the state that they report: written in the caller's transaction, sent by the {@link Relay} after the commit, or never. */
@ApplicationScoped
public class Outbox {
    private static final int COLUMNS = 7;
    private static final int ROWS_PER_STATEMENT_MAX = 200;

    /** Appends events, in order, to the transaction of {@code session}. Fails if one of them was published before: an event happens once. */
    public Uni<Void> append(Mutiny.Session session, List<Event> events) {
        if (events.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        int rows = Math.min(events.size(), ROWS_PER_STATEMENT_MAX);
        return insert(session, events.subList(0, rows)).chain(() -> append(session, events.subList(rows, events.size())));
    }

    private static Uni<Void> insert(Mutiny.Session session, List<Event> events) {
        Mutiny.Query<?> insert = session.createNativeQuery(statement(events.size()));
        int parameter = 1;
        for (Event event : events) {
            byte[] payload = EventJson.write(event);
            if (payload.length > EventJson.PAYLOAD_BYTES_MAX) {
                return Uni.createFrom().failure(new IllegalArgumentException("an event of " + event.topic().topicName() + " is too large to be sent"));
            }
            insert.setParameter(parameter, event.id().toString());
            insert.setParameter(parameter + 1, event.topic().topicName());
            insert.setParameter(parameter + 2, event.key());
            insert.setParameter(parameter + 3, event.topic().type());
            insert.setParameter(parameter + 4, OffsetDateTime.ofInstant(event.time(), ZoneOffset.UTC));
            insert.setParameter(parameter + 5, payload);
            insert.setParameter(parameter + 6, TraceContext.carried().orElse(""));
            parameter += COLUMNS;
        }
        return insert.executeUpdate().replaceWithVoid();
    }

    private static String statement(int rows) {
        StringBuilder sql = new StringBuilder("insert into outbox (event_id, topic, record_key, event_type, event_time, payload, traceparent) values ");
        for (int row = 0; row < rows; row++) {
            int first = row * COLUMNS;
            sql.append(row == 0 ? "(" : ", (");
            for (int column = 1; column < COLUMNS; column++) {
                sql.append('?').append(first + column).append(", ");
            }
            sql.append("nullif(?").append(first + COLUMNS).append(", ''))");
        }
        return sql.toString();
    }
}
