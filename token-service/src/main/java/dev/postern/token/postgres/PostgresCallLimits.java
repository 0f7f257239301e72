// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.token.LogKeys;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.port.CallLimits;
import dev.postern.token.status.LiveGrant;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Counts calls in PostgreSQL: a call goes on when it is counted there, and not before, so no replica and no restart makes one too many. Calls that come
 * while a statement is under way are counted by the next one together.
 */
@Singleton
public class PostgresCallLimits implements CallLimits {
    private static final Logger LOG = Logger.getLogger(PostgresCallLimits.class);
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 500;
    private static final Answer TAKEN = new Taken();
    private static final Answer UNAVAILABLE = new Unavailable();
    /** Row by row in the order of the arrays, which is the same order in every replica: no deadlock. */
    private static final String TAKE_ALL = "select wanted.nth, took.taken, took.used_up, took.next_minute from unnest($1::uuid[], $2::int[], $3::bigint[],"
        + " $4::bigint[], $5::bigint[]) with ordinality as wanted(request_id, entry, calls, calls_max, minute_max, nth)"
        + " cross join lateral take_calls(wanted.request_id, wanted.entry, wanted.calls, wanted.calls_max, wanted.minute_max) took order by wanted.nth";
    private static final String TAKE_ONE = "select 1, taken, used_up, next_minute from take_calls($1, $2, 1, $3, $4)";

    private final Vertx vertx;
    private final Pool pool;
    private final Batches<CallsToTake, Answer> batches = new Batches<>(WAITING_MAX, BATCH_MAX, this::takeAll);

    private record Key(UUID request, int entry) {}

    private record CallsToTake(LiveGrant grant, GrantEntry entry) {
        private Key key() {
            return new Key(grant.requestId().value(), entry.index());
        }

        private long callsMax() {
            return entry.maxCalls().map(Integer::longValue).orElse(Long.MAX_VALUE);
        }

        private long minuteMax() {
            return entry.maxCallsPerMinute().map(Integer::longValue).orElse(Long.MAX_VALUE);
        }

        private Answer answer(boolean taken, Row row) {
            boolean forGood = row.getBoolean(2);
            return taken ? TAKEN : new UsedUp(entry, forGood, forGood ? grant.validUntil() : Instant.ofEpochSecond(row.getLong(3)));
        }
    }

    PostgresCallLimits(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        this.pool = pool;
    }

    @Override
    public Future<Answer> take(LiveGrant grant, List<GrantEntry> counted) {
        if (counted.isEmpty()) {
            return Future.succeededFuture(TAKEN);
        }
        Context callers = vertx.getOrCreateContext();
        Promise<Answer> promise = Promise.promise();
        Future<Answer> taken = counted.size() == 1 ? batches.add(new CallsToTake(grant, counted.get(0))) : takeEach(grant, counted);
        taken.otherwise(failure -> {
            LOG.debugf("Call count failed; refusing the call %s%s", LogKeys.REASON, failure.getClass().getSimpleName());
            return UNAVAILABLE;
        }).onSuccess(answer -> callers.runOnContext(back -> promise.complete(answer)));
        return promise.future();
    }

    private Future<List<Answer>> takeAll(List<CallsToTake> batch) {
        Map<Key, Deque<Integer>> byKey = new TreeMap<>(Comparator.comparing(Key::request).thenComparing(Key::entry));
        for (int i = 0; i < batch.size(); i++) {
            byKey.computeIfAbsent(batch.get(i).key(), key -> new ArrayDeque<>()).add(i);
        }
        List<Deque<Integer>> groups = new ArrayList<>(byKey.values());
        List<CallsToTake> firsts = groups.stream().map(group -> batch.get(group.peek())).toList();
        Tuple wanted = Tuple.of(
            firsts.stream().map(one -> one.key().request()).toArray(UUID[]::new), firsts.stream().map(one -> one.key().entry()).toArray(Integer[]::new),
            groups.stream().map(group -> (long) group.size()).toArray(Long[]::new), firsts.stream().map(CallsToTake::callsMax).toArray(Long[]::new),
            firsts.stream().map(CallsToTake::minuteMax).toArray(Long[]::new));
        return pool.preparedQuery(TAKE_ALL).execute(wanted).map(rows -> {
            Answer[] answers = new Answer[batch.size()];
            for (Row row : rows) {
                long left = row.getLong(1);
                for (int place : groups.get(row.getLong(0).intValue() - 1)) {
                    answers[place] = batch.get(place).answer(left > 0, row);
                    left--;
                }
            }
            return List.of(answers);
        });
    }

    /** Under every entry, or under none. */
    private Future<Answer> takeEach(LiveGrant grant, List<GrantEntry> counted) {
        List<CallsToTake> sorted = counted.stream().sorted(Comparator.comparing(GrantEntry::index)).map(entry -> new CallsToTake(grant, entry)).toList();
        return pool.getConnection().compose(connection -> connection.begin().compose(transaction -> takeFrom(connection, sorted, 0)
            .compose(answer -> (answer == TAKEN ? transaction.commit() : transaction.rollback()).map(answer))
            .recover(failure -> transaction.rollback().transform(ended -> Future.failedFuture(failure))))
            .eventually(() -> connection.close()));
    }

    private Future<Answer> takeFrom(SqlConnection connection, List<CallsToTake> wanted, int from) {
        if (from == wanted.size()) {
            return Future.succeededFuture(TAKEN);
        }
        CallsToTake one = wanted.get(from);
        return connection.preparedQuery(TAKE_ONE).execute(Tuple.of(one.key().request(), one.key().entry(), one.callsMax(), one.minuteMax()))
            .compose(rows -> {
                Row row = rows.iterator().next();
                Answer answer = one.answer(row.getLong(1) > 0, row);
                return answer == TAKEN ? takeFrom(connection, wanted, from + 1) : Future.succeededFuture(answer);
            });
    }
}
