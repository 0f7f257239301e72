// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import dev.postern.audit.Arrival;
import dev.postern.audit.AuditLog;
import dev.postern.audit.EventRef;
import dev.postern.audit.Fact;
import dev.postern.audit.Frontier;
import dev.postern.audit.Hash;
import dev.postern.audit.InheritFacts;
import dev.postern.events.EventId;
import dev.postern.events.Topic;
import dev.postern.messaging.Transactions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.impl.MutinySessionImpl;
import org.hibernate.reactive.pool.ReactiveConnection;

/** Appends to the log: entries, hashes, the head and the events about it in one transaction, one writer at a time over all replicas. */
@Startup
@ApplicationScoped
public class LogStore {
    private static final String LOCK = "select size, peaks, root, appended_at from head for update";
    private static final String KNOWN = """
        select e.source, e.event_id, e.index, substring(n.hashes from 1 for 32)
        from unnest($1::text[], $2::text[]) as came(source, event_id)
        join entry e on e.source = came.source and e.event_id = came.event_id
        join node n on n.last_leaf = e.index""";
    /** One round trip for all of it. Facts of one entry come as one text with a line each: PostgreSQL has no ragged arrays. */
    private static final String APPEND = """
        with came as (
            select * from unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::bytea[])
                as came(index, leaf, source, event_id, event_time, facts, hashes)
        ), entries as (
            insert into entry (index, leaf, source, event_id, event_time, appended_at, facts)
            select index, leaf, source, event_id, event_time, $11, string_to_array(facts, E'\\n') from came
        ), nodes as (
            insert into node (last_leaf, hashes) select index, hashes from came
        ), addresses as (
            insert into entry_address (index, address)
            select distinct index, substring(fact from 9)::inet from came, unnest(string_to_array(facts, E'\\n')) as fact where fact like 'address:%'
        ), requests as (
            insert into request (id, index, facts)
            select (select substring(fact from 5) from unnest(words) as fact where fact like 'key:%'), index,
                array(select fact from unnest(words) as fact where fact ~ '^(on_behalf_of|resource|service|actor|client):')
            from (select index, string_to_array(facts, E'\\n') as words from came) as requested where words @> '{topic:access-requested}'
            order by index
            on conflict do nothing
        ), ended as (
            update head set size = $8, peaks = $9, root = $10, appended_at = $11
        )
        select pg_notify('log_grew', $8::bigint::text)""";

    /** Blocks that the append completed. The entries of an append are not visible within its own statement. */
    private static final String COMPLETE = """
        insert into entry_block (first, time_min, time_max)
        select index / 1024 * 1024, min(event_time), max(event_time) from entry where index >= $1::bigint / 1024 * 1024
        group by index / 1024 having count(*) = 1024 on conflict do nothing""";
    private static final int BLOCK = 1_024;
    private static final String REQUESTS = "select id, facts from request where id = any($1::text[])";

    private static final Set<String> FAULTS_OF_EVENT = Set.of("22", "54");
    private static final int SQLSTATE_LENGTH = 5;
    private static final int CAUSES_MAX = 20;

    private final Transactions transactions;
    private final MeterRegistry metrics;
    private final Timer duration;
    private final Counter duplicates;
    private final Counter conflicts;
    private final AtomicBoolean broken = new AtomicBoolean();

    LogStore(Transactions transactions, MeterRegistry metrics) {
        this.transactions = transactions;
        this.metrics = metrics;
        this.duration = Timer.builder("postern_entries_append_seconds").publishPercentileHistogram().register(metrics);
        // At 0 from the start: the increase() of a series that begins with its first event is 0, and the first conflicting event would alert nobody.
        Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).forEach(topic -> appended(topic.topicName()));
        this.duplicates = metrics.counter("postern_entries_duplicate_total");
        this.conflicts = metrics.counter("postern_entries_impostor_total");
    }

    /**
     * Gives arrivals their places.
     *
     * @return what it came to, after the commit; fails with {@link LogBroken} if the head does not add up
     */
    public Uni<AuditLog.Appended> append(List<Arrival> arrivals) {
        Timer.Sample sample = Timer.start(metrics);
        return transactions.decide(session -> {
            ReactiveConnection connection = ((MutinySessionImpl) session).getReactiveConnection();
            return lock(connection)
                .chain(log -> known(connection, arrivals).map(known -> log.append(arrivals, known, Instant.now().truncatedTo(ChronoUnit.MICROS))))
                .call(outcome -> save(connection, outcome.next()));
        }).invoke(appended -> {
            broken.set(false);
            sample.stop(duration);
            count(appended);
        }).onFailure(LogBroken.class).invoke(failure -> broken.set(true));
    }

    /**
     * Returns true if the event's own content cannot be stored or published (SQLSTATE classes 22 data exception, 54 program limit exceeded; a
     * {@code log-conflict} that would break its schema): without it, the rest of its batch would be appended.
     */
    public static boolean faultOfEvent(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof SQLException refused && refused.getSQLState() != null && refused.getSQLState().length() == SQLSTATE_LENGTH) {
                return FAULTS_OF_EVENT.contains(refused.getSQLState().substring(0, 2));
            }
            if (cause instanceof IllegalArgumentException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Returns false once an append has found the log inconsistent. */
    public boolean sound() {
        return !broken.get();
    }

    private static Uni<AuditLog> lock(ReactiveConnection connection) {
        return select(connection, LOCK).map(rows -> {
            Object[] row = rows.next();
            long size = (Long) row[0];
            AuditLog log;
            try {
                log = new AuditLog(new Frontier(size, Hash.split(bytes(row[1]))), ((OffsetDateTime) row[3]).toInstant());
            } catch (IllegalArgumentException torn) {
                throw new LogBroken("head has " + torn.getMessage());
            }
            if (!log.frontier().root().equals(Hash.of(bytes(row[2])))) {
                throw new LogBroken("the root of " + size + " entries does not follow from the peaks");
            }
            return log;
        });
    }

    private static Uni<Map<EventRef, AuditLog.Known>> known(ReactiveConnection connection, List<Arrival> arrivals) {
        String[] sources = arrivals.stream().map(arrival -> arrival.ref().source()).toArray(String[]::new);
        String[] ids = arrivals.stream().map(arrival -> arrival.ref().id().toString()).toArray(String[]::new);
        return select(connection, KNOWN, sources, ids).map(rows -> {
            Map<EventRef, AuditLog.Known> known = new HashMap<>();
            rows.forEachRemaining(row -> known.put(new EventRef((String) row[0], new EventId((String) row[1])),
                new AuditLog.Known((Long) row[2], Hash.of(bytes(row[3])))));
            return known;
        });
    }

    private static Uni<Map<String, List<Fact>>> requests(ReactiveConnection connection, List<Arrival> arrivals) {
        String[] ids = arrivals.stream().flatMap(arrival -> InheritFacts.requests(arrival).stream()).distinct().toArray(String[]::new);
        return ids.length == 0 ? Uni.createFrom().item(Map.of()) : select(connection, REQUESTS, (Object) ids).map(rows -> {
            Map<String, List<Fact>> requests = new HashMap<>();
            rows.forEachRemaining(row -> requests.put((String) row[0], Arrays.stream((String[]) row[1]).map(Fact::ofWord).toList()));
            return requests;
        });
    }

    private static Uni<Void> save(ReactiveConnection connection, AuditLog.Appended appended) {
        List<AuditLog.Placed> placed = appended.placed();
        if (placed.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<Arrival> arrivals = placed.stream().map(AuditLog.Placed::arrival).toList();
        return requests(connection, arrivals).chain(requests -> save(connection, appended, InheritFacts.inherit(arrivals, requests)));
    }

    private static Uni<Void> save(ReactiveConnection connection, AuditLog.Appended appended, List<Arrival> arrivals) {
        List<AuditLog.Placed> placed = appended.placed();
        int count = placed.size();
        Long[] indexes = new Long[count];
        Buffer[] leaves = new Buffer[count];
        String[] sources = new String[count];
        String[] ids = new String[count];
        OffsetDateTime[] times = new OffsetDateTime[count];
        String[] facts = new String[count];
        Buffer[] hashes = new Buffer[count];
        for (int i = 0; i < count; i++) {
            AuditLog.Placed entry = placed.get(i);
            Arrival arrival = arrivals.get(i);
            indexes[i] = entry.index();
            leaves[i] = Buffer.buffer(entry.leaf());
            sources[i] = arrival.ref().source();
            ids[i] = arrival.ref().id().toString();
            times[i] = utc(arrival.time());
            facts[i] = arrival.facts().stream().map(Fact::word).collect(Collectors.joining("\n"));
            hashes[i] = Buffer.buffer(Hash.join(entry.completed()));
        }
        Frontier end = appended.next().frontier();
        return select(connection, APPEND, indexes, leaves, sources, ids, times, facts, hashes, end.size(), Buffer.buffer(Hash.join(end.peaks())),
            Buffer.buffer(end.root().bytes()), utc(appended.next().appendedAt()))
            .chain(done -> end.size() / BLOCK == indexes[0] / BLOCK ? Uni.createFrom().voidItem()
                : select(connection, COMPLETE, indexes[0]).replaceWithVoid());
    }

    /** Arrays go to PostgreSQL by its own client: the session's queries have no parameters for them. */
    private static Uni<ReactiveConnection.Result> select(ReactiveConnection connection, String sql, Object... parameters) {
        return Uni.createFrom().completionStage(() -> connection.select(sql, parameters));
    }

    private void count(AuditLog.Appended appended) {
        appended.placed().forEach(entry -> appended(entry.arrival().entry().topic()).increment());
        duplicates.increment(appended.duplicates());
        conflicts.increment(appended.conflicts().size());
        metrics.summary("postern_entries_batch_size").record(appended.placed().size());
    }

    private Counter appended(String topic) {
        return metrics.counter("postern_entries_appended_total", "topic", topic);
    }

    private static OffsetDateTime utc(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    private static byte[] bytes(Object column) {
        return ((Buffer) column).getBytes();
    }
}
