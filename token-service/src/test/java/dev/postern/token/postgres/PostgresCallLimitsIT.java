// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.TokenId;
import dev.postern.token.call.Entries;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.port.CallLimits;
import dev.postern.token.real.Grants;
import dev.postern.token.status.LiveGrant;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits over two replicas and a real database. */
@QuarkusTest
class PostgresCallLimitsIT {
    private static final String MINUTE = "select calls_in_minute, minute from call_count where request_id = $1";

    @Inject
    Vertx vertx;
    @Inject
    Pool pool;
    private List<PostgresCallLimits> replicas;
    private LiveGrant grant;

    @BeforeEach
    void twoReplicas() {
        replicas = List.of(new PostgresCallLimits(vertx, pool), new PostgresCallLimits(vertx, pool));
        grant = new LiveGrant(new TokenId(UUID.randomUUID()), new AccessRequestId(UUID.randomUUID()), new AccountName("acme"), "portal",
            List.of(Grants.droplets(Grants.limits(1, 1))), Instant.now().plusSeconds(3_600), Map.of());
    }

    private static GrantEntry entry(int index, Integer calls, Integer perMinute) {
        return Entries.entry(index, Grants.droplets(Grants.limits(calls, perMinute)));
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    private List<CallLimits.Answer> callers(int callers, GrantEntry... entries) {
        List<Future<CallLimits.Answer>> asked = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            asked.add(replicas.get(i % 2).take(grant, List.of(entries)));
        }
        return asked.stream().map(PostgresCallLimitsIT::get).toList();
    }

    private static long taken(List<CallLimits.Answer> answers) {
        return answers.stream().filter(CallLimits.Taken.class::isInstance).count();
    }

    @Test
    void callersOverTwoReplicasGetExactlyWhatTheLimitAllowsAndARestartGivesNoMore() {
        List<CallLimits.Answer> answers = callers(1_000, entry(0, 137, null));
        assertThat(taken(answers)).isEqualTo(137);
        assertThat(answers).filteredOn(CallLimits.UsedUp.class::isInstance).hasSize(863)
            .allSatisfy(answer -> assertThat(((CallLimits.UsedUp) answer).forGood()).isTrue());
        assertThat(get(new PostgresCallLimits(vertx, pool).take(grant, List.of(entry(0, 137, null))))).isInstanceOf(CallLimits.UsedUp.class);
    }

    @Test
    void minuteGivesWhatItMayAndTheNextMinuteAsMuchAgain() {
        GrantEntry entry = entry(0, null, 40);
        for (int minute = 1; minute <= 3; minute++) {
            assertThat(taken(callers(300, entry))).as("minute %d", minute).isBetween(40L, minutePassed() ? 80L : 40L);
            CallLimits.Answer refused = callers(80, entry).get(79);
            if (refused instanceof CallLimits.UsedUp usedUp) {
                assertThat(usedUp.forGood()).isFalse();
                assertThat(usedUp.retryAt()).isAfter(Instant.now().minusSeconds(1)).isBefore(Instant.now().plusSeconds(61));
            }
            get(pool.preparedQuery("update call_count set minute = minute - 1 where request_id = $1").execute(Tuple.of(grant.requestId().value())));
        }
    }

    /** Returns true if a minute began during the test: then two minutes gave calls. */
    private boolean minutePassed() {
        var row = get(pool.preparedQuery(MINUTE).execute(Tuple.of(grant.requestId().value()))).iterator().next();
        return row.getLong(0) < 40 || Instant.now().getEpochSecond() % 60 < 5;
    }

    @Test
    void callUnderTwoEntriesIsCountedUnderBothOrUnderNone() {
        assertThat(taken(callers(100, entry(1, 5, null), entry(0, 10, null)))).isEqualTo(5);
        assertThat(taken(callers(100, entry(0, 10, null)))).isEqualTo(5);
    }

    @Test
    void callWithoutALimitAsksNobody() {
        assertThat(replicas.get(0).take(grant, List.of()).isComplete()).isTrue();
    }
}
