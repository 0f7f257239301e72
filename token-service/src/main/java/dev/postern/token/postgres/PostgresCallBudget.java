// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.events.AccountName;
import dev.postern.token.LogKeys;
import dev.postern.token.port.BudgetBook;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Counts calls of the accounts' budgets in PostgreSQL: a call goes on when it is counted there. One statement at a time per replica; calls that come
 * meanwhile are counted by the next one together, so that a crowd takes one connection and not all of them.
 */
@Singleton
public class PostgresCallBudget implements BudgetBook {
    private static final Logger LOG = Logger.getLogger(PostgresCallBudget.class);
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 500;
    private static final Answer UNAVAILABLE = new Unavailable();
    /** Account by account in the order of the arrays, which is the same order in every replica: no deadlock. */
    private static final String TAKE = "select wanted.nth, took.taken, took.wait_seconds, took.own_part, took.quota, took.remaining, took.reset_at"
        + " from unnest($1::varchar[], $2::varchar[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])"
        + " with ordinality as wanted(account, owner, request_id, calls, minute_max, hour_max, nth) cross join lateral take_budget(wanted.account,"
        + " wanted.owner, wanted.request_id, wanted.calls, wanted.minute_max, wanted.hour_max) took order by wanted.nth";

    private final Vertx vertx;
    private final Pool pool;
    private final Batches<CallsToTake, Answer> batches = new Batches<>(WAITING_MAX, BATCH_MAX, this::takeAll);

    private record Key(AccountName account, Sharer sharer) {}

    private record CallsToTake(Key key, int perMinute, int perHour) {}

    PostgresCallBudget(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        this.pool = pool;
    }

    @Override
    public Future<Answer> take(AccountName account, Sharer sharer, int perMinute, int perHour) {
        Context callers = vertx.getOrCreateContext();
        Promise<Answer> promise = Promise.promise();
        batches.add(new CallsToTake(new Key(account, sharer), perMinute, perHour)).otherwise(failure -> {
            LOG.debugf("Budget count failed; refusing the calls %s%s", LogKeys.REASON, failure.getClass().getSimpleName());
            return UNAVAILABLE;
        }).onSuccess(answer -> callers.runOnContext(back -> promise.complete(answer)));
        return promise.future();
    }

    private Future<List<Answer>> takeAll(List<CallsToTake> batch) {
        Map<Key, Deque<Integer>> byKey = new TreeMap<>(Comparator.comparing((Key key) -> key.account().toString())
            .thenComparing(key -> key.sharer().request().value()).thenComparing(key -> key.sharer().owner()));
        for (int i = 0; i < batch.size(); i++) {
            byKey.computeIfAbsent(batch.get(i).key(), key -> new ArrayDeque<>()).add(i);
        }
        List<Deque<Integer>> groups = new ArrayList<>(byKey.values());
        List<CallsToTake> firsts = groups.stream().map(group -> batch.get(group.peek())).toList();
        Tuple wanted = Tuple.of(
            firsts.stream().map(one -> one.key().account().toString()).toArray(String[]::new),
            firsts.stream().map(one -> one.key().sharer().owner()).toArray(String[]::new),
            firsts.stream().map(one -> one.key().sharer().request().value()).toArray(UUID[]::new),
            groups.stream().map(group -> (long) group.size()).toArray(Long[]::new), firsts.stream().map(one -> (long) one.perMinute()).toArray(Long[]::new),
            firsts.stream().map(one -> (long) one.perHour()).toArray(Long[]::new));
        return pool.preparedQuery(TAKE).execute(wanted).map(rows -> {
            Answer[] answers = new Answer[batch.size()];
            for (Row row : rows) {
                Deque<Integer> places = groups.get(row.getLong(0).intValue() - 1);
                boolean hourly = batch.get(places.peek()).perHour() < Integer.MAX_VALUE;
                long left = row.getLong(1);
                for (int place : places) {
                    long after = row.getLong(5) + Math.max(0, left - 1);
                    Optional<Quota> quota = hourly ? Optional.of(new Quota(row.getLong(4), after, row.getLong(6))) : Optional.empty();
                    answers[place] = left > 0 ? new Taken(quota) : new Spent(Duration.ofSeconds(row.getLong(2)), row.getBoolean(3), quota);
                    left--;
                }
            }
            return List.of(answers);
        });
    }
}
