// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.EventJson;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.LogKeys;
import dev.postern.token.TokenDigest;
import dev.postern.token.status.Freshness;
import dev.postern.token.status.TokenStatus;
import dev.postern.token.status.TokenTable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Asks PostgreSQL, ten times a second and whenever a call needs it, what changed about tokens since the last time, and hands the answer to the table
 * as its proof. One question is one statement, and so one snapshot: what was committed before it was asked is in it. A connection that comes new asks
 * for everything: nothing is taken for granted about a server that was away.
 */
public class TokenPoller {
    /** Poll interval while no call waits. */
    static final long EVERY_MS = 100;
    /** Between two questions, when calls wait. */
    private static final long POKED_MS = 5;
    /** An answer that comes later proves nothing any more. */
    private static final long ANSWER_MS_MAX = Freshness.HOLDS_MS;
    private static final long BACKOFF_MS = 100;
    private static final int ABANDONED_MAX = 3;
    private static final int WAITING_MAX = 10_000;
    private static final long NANOS_PER_MS = 1_000_000;
    /** Limit of remembered deletions per grant; calls for older ones get 403 instead of 404. */
    private static final int DELETED_MAX = 1_000;
    private static final Logger LOG = Logger.getLogger(TokenPoller.class);
    private static final ObjectMapper JSON = EventJson.mapper();

    private static final String STANDING = "select jsonb_agg(jsonb_build_array(r.id, r.end_cause, r.token_id, r.token_digest, r.account,"
        + " cast(floor(extract(epoch from r.valid_until) * 1000) as bigint), (select jsonb_agg(jsonb_build_array(c.entry, c.resource))"
        + " from grant_created c where c.request_id = r.id and not c.ended), r.owner_subject, r.details_digest, (select jsonb_agg(gone.resource) from (select"
        + " c.resource from grant_created c where c.request_id = r.id and c.ended order by c.created_at desc limit " + DELETED_MAX + ") gone)))"
        + " from access_request r where ";
    private static final String CREATED = "select jsonb_agg(jsonb_build_array(c.request_id, c.entry, c.resource, c.ended)) from grant_created c where "
        + since("c.made_in");
    private static final String ASK = "select cast(pg_current_snapshot() as text), cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint), ";
    private static final String EVERYTHING = ASK + "cast((" + STANDING + "r.token_digest is not null) as text), cast(null as text)";
    private static final String CHANGES = ASK + "cast((" + STANDING + since("r.changed_in") + ") as text), cast((" + CREATED
        + ") as text) from (select cast(cast($1 as text) as pg_snapshot) as seen) before";

    /** In this statement's snapshot, and not in the one before. The upper bound keeps rows out that came with a dump of another cluster's numbers. */
    private static String since(String transaction) {
        return transaction + " >= pg_snapshot_xmin(before.seen) and " + transaction + " < pg_snapshot_xmax(pg_current_snapshot()) and not"
            + " pg_visible_in_snapshot(" + transaction + ", before.seen)";
    }

    private final Vertx vertx;
    private final Pool pool;
    private final TokenTable table;
    private List<Promise<Void>> waiting = new ArrayList<>();
    private boolean running;
    private boolean stopped;
    private long generation;
    private int abandoned;
    private long timer = -1;
    private long lastNanos;
    private SqlConnection connection;
    private String snapshot;
    private boolean away;

    /** @param table receives the polled tokens */
    public TokenPoller(Vertx vertx, Pool pool, TokenTable table) {
        this.vertx = vertx;
        this.pool = pool;
        this.table = table;
    }

    /** Begins to ask. */
    public synchronized void start() {
        stopped = false;
        arm(0);
    }

    /** Asks no more. */
    public synchronized void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        if (connection != null) {
            connection.close();
        }
        fail(take());
    }

    /**
     * The next answer that is asked for from now on.
     *
     * @return completes when it is in the table; fails, within about a second, if there is none
     */
    public Future<Void> next() {
        Promise<Void> promise = Promise.promise();
        synchronized (this) {
            if (stopped || waiting.size() >= WAITING_MAX || abandoned >= ABANDONED_MAX) {
                return Future.failedFuture("nobody answers");
            }
            waiting.add(promise);
            if (!running && !away) {
                arm(Math.max(0, POKED_MS - (System.nanoTime() - lastNanos) / NANOS_PER_MS));
            }
        }
        return promise.future();
    }

    private synchronized void arm(long delayMs) {
        if (stopped || running) {
            return;
        }
        vertx.cancelTimer(timer);
        if (delayMs <= 0) {
            round();
        } else {
            timer = vertx.setTimer(delayMs, fired -> round());
        }
    }

    private void round() {
        long mine;
        SqlConnection known;
        synchronized (this) {
            if (running || stopped || abandoned >= ABANDONED_MAX) {
                return;
            }
            running = true;
            generation++;
            mine = generation;
            known = connection;
        }
        Round round = new Round(mine, known);
        long limit = vertx.setTimer(ANSWER_MS_MAX, late -> abandon(round));
        Future<SqlConnection> open = known == null ? pool.getConnection() : Future.succeededFuture(known);
        open.compose(round::ask).onComplete(answer -> {
            vertx.cancelTimer(limit);
            ended(round, answer.succeeded(), answer.cause());
        });
    }

    /** One question. */
    private final class Round {
        private final long number;
        private final boolean fresh;
        private SqlConnection on;
        private List<Promise<Void>> serves = List.of();

        private Round(long number, SqlConnection known) {
            this.number = number;
            this.fresh = known == null;
            this.on = known;
        }

        private Future<Void> ask(SqlConnection opened) {
            on = opened;
            String seen;
            Freshness asked;
            synchronized (TokenPoller.this) {
                if (number != generation) {
                    return Future.failedFuture("abandoned");
                }
                seen = fresh ? null : snapshot;
                serves = take();
                lastNanos = System.nanoTime();
                asked = new Freshness(lastNanos, System.currentTimeMillis(), 0);
            }
            return (seen == null ? on.preparedQuery(EVERYTHING).execute() : on.preparedQuery(CHANGES).execute(Tuple.of(seen)))
                .map(rows -> {
                    received(this, rows.iterator().next(), asked, seen == null);
                    return null;
                });
        }
    }

    private synchronized void received(Round round, Row row, Freshness asked, boolean everything) {
        if (round.number != generation) {
            return;
        }
        Freshness proof = new Freshness(asked.askedNanos(), asked.askedMillis(), row.getLong(1));
        List<TokenStatus> standings = standings(row.getString(2));
        if (everything) {
            table.everything(standings, proof);
        } else {
            table.changes(standings, created(row.getString(3)), proof);
        }
        connection = round.on;
        snapshot = row.getString(0);
        if (away) {
            away = false;
            LOG.info("Token polling recovered; accepting gateway calls");
        }
    }

    private void ended(Round round, boolean answered, Throwable failure) {
        List<Promise<Void>> served;
        synchronized (this) {
            if (round.number != generation) {
                abandoned--;
                close(round.on);
                if (!running && !stopped) {
                    arm(EVERY_MS);
                }
                return;
            }
            running = false;
            served = round.serves;
            if (!answered) {
                close(round.on);
                connection = null;
                snapshot = null;
                if (!round.fresh) {
                    // The kept connection had died: retry on a new one while the callers wait.
                    waiting.addAll(served);
                    arm(0);
                    return;
                }
                lost(failure.getClass().getSimpleName());
                served = new ArrayList<>(served);
                served.addAll(take());
            }
            arm(answered && !waiting.isEmpty() ? POKED_MS : answered ? EVERY_MS : BACKOFF_MS);
        }
        finish(served, answered);
    }

    private void abandon(Round round) {
        List<Promise<Void>> given;
        synchronized (this) {
            if (round.number != generation || !running) {
                return;
            }
            running = false;
            generation++;
            abandoned++;
            connection = null;
            snapshot = null;
            lost("timeout");
            given = new ArrayList<>(round.serves);
            given.addAll(take());
            arm(BACKOFF_MS);
        }
        finish(given, false);
    }

    private void lost(String reason) {
        if (!away && !stopped) {
            away = true;
            LOG.warnf("Token polling failed; rejecting gateway calls %s%s", LogKeys.REASON, reason);
        }
    }

    private List<Promise<Void>> take() {
        List<Promise<Void>> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    private static void finish(List<Promise<Void>> promises, boolean answered) {
        if (answered) {
            promises.forEach(promise -> promise.tryComplete());
        } else {
            fail(promises);
        }
    }

    private static void fail(List<Promise<Void>> promises) {
        promises.forEach(promise -> promise.tryFail("nobody answers"));
    }

    private static void close(SqlConnection connection) {
        if (connection != null) {
            connection.close();
        }
    }

    private static JsonNode read(String json) {
        try {
            return json == null ? JSON.createArrayNode() : JSON.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("PostgreSQL's JSON is not readable", broken);
        }
    }

    private static List<TokenStatus> standings(String json) {
        List<TokenStatus> standings = new ArrayList<>();
        for (JsonNode row : read(json)) {
            Map<Integer, Set<ResourceName>> created = new HashMap<>();
            row.get(6).forEach(one -> created.computeIfAbsent(one.get(0).intValue(), entry -> new HashSet<>()).add(new ResourceName(one.get(1).textValue())));
            Set<ResourceName> deleted = new HashSet<>();
            row.get(9).forEach(one -> deleted.add(new ResourceName(one.textValue())));
            standings.add(new TokenStatus(AccessRequestId.of(row.get(0).textValue()), "EXPIRED".equals(row.get(1).textValue()),
                row.get(3).isNull() ? Optional.empty() : Optional.of(new TokenStatus.Token(TokenId.of(row.get(2).textValue()),
                    new TokenDigest(row.get(3).textValue()), new AccountName(row.get(4).textValue()), row.get(7).textValue(), row.get(8).asText(),
                    Instant.ofEpochMilli(row.get(5).longValue()), created, deleted))));
        }
        return standings;
    }

    private static List<TokenTable.Created> created(String json) {
        List<TokenTable.Created> all = new ArrayList<>();
        read(json).forEach(row -> all.add(new TokenTable.Created(AccessRequestId.of(row.get(0).textValue()), row.get(1).intValue(),
            Set.of(new ResourceName(row.get(2).textValue())), row.get(3).booleanValue())));
        return all;
    }
}
