// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.ApiCalled;
import dev.postern.events.ResourceName;
import dev.postern.token.TokenSecret;
import dev.postern.token.liveness.GrantContents;
import dev.postern.token.liveness.TokenPoller;
import dev.postern.token.operation.OperationId;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.real.Events;
import dev.postern.token.real.Grants;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.status.TokenState;
import dev.postern.token.status.TokenTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls on record, in a real database and on a real broker. */
@QuarkusTest
class PostgresCallJournalIT {
    private static final ResourceName DROPLET = new ResourceName("do:droplet:3164494");
    private static final ResourceName FIREWALL = new ResourceName("do:firewall:bb4b2611");

    @Inject
    AccessRequestStore store;
    @Inject
    CallStore calls;
    @Inject
    Vertx vertx;
    @Inject
    Pool pool;
    @Inject
    TokenVerifier truth;
    @Inject
    TokenTable table;
    private Grants grants;
    private PostgresCallJournal journal;
    private AccessRequestId id;
    private TokenSecret secret;
    private LiveGrant grant;

    @BeforeEach
    void aToken() {
        Events.records();
        grants = new Grants(store);
        journal = new PostgresCallJournal(vertx, calls, table, new SimpleMeterRegistry(), Duration.ZERO);
        id = grants.grant(Duration.ofHours(1), Grants.droplets(Grants.ownCreated()));
        secret = grants.collect(id);
        grant = live(truth, secret);
    }

    private static LiveGrant live(TokenVerifier truth, TokenSecret secret) {
        return ((TokenState.Live) get(truth.of(secret.reveal()))).grant();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    private CallJournal.Call call(String operation, ResourceName... resources) {
        return new CallJournal.Call(UUID.randomUUID().toString(), grant, Optional.of(new OperationId(operation)), List.of(resources),
            Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    private static ApiCalled told(String callId) {
        return Events.one(ApiCalled.class, event -> event.callId().equals(callId));
    }

    private boolean open(CallJournal.Call call) {
        return get(pool.preparedQuery("select 1 from open_call where call_id = $1").execute(Tuple.of(call.id()))).size() == 1;
    }

    @Test
    void everyRefusalIsTold() {
        List<CallJournal.Call> refused = new ArrayList<>();
        List<Future<Void>> recorded = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            CallJournal.Call call = call("firewalls_delete", FIREWALL);
            refused.add(call);
            recorded.add(journal.refused(call, 403, "not-granted"));
        }
        recorded.forEach(PostgresCallJournalIT::get);
        refused.forEach(call -> assertThat(told(call.id())).isEqualTo(new ApiCalled(call.id(), grant.tokenId(), id, grant.account(),
            Optional.of("firewalls_delete"), List.of(FIREWALL), ApiCalled.CallOutcome.REFUSED, 403, 1, Optional.empty(), Optional.empty(),
            Optional.of("not-granted"), call.at())));
    }

    @Test
    void writeLeavesATraceBeforeItIsSentAndIsToldWhenItHasEnded() {
        CallJournal.Call call = call("firewalls_add_rules", FIREWALL);
        get(journal.begins(call));
        assertThat(open(call)).isTrue();
        get(journal.ended(call, 204, Optional.empty(), List.of()));
        assertThat(open(call)).isFalse();
        assertThat(told(call.id()).status()).isEqualTo(204);
        assertThat(told(call.id()).created()).isEmpty();
    }

    @Test
    void writeWhoseProcessEndedIsToldByAnotherReplicaOnceAndItsLateEndAgain() {
        CallJournal.Call call = call("droplets_create");
        get(journal.begins(call));
        await().until(() -> get(journal.publishForgotten()) >= 0 && !open(call));
        assertThat(told(call.id()).status()).isEqualTo(ApiCalled.NO_ANSWER);
        assertThat(get(journal.publishForgotten())).isZero();
        get(journal.ended(call, 202, Optional.of(new CallJournal.Created(0, Set.of(DROPLET))), List.of()));
        assertThat(told(call.id() + "-late").created()).contains(List.of(DROPLET));
        assertThat(live(truth, secret).created()).isEqualTo(Map.of(0, Set.of(DROPLET)));
    }

    @Test
    void createdResourceJoinsTheGrantAtOnceHereAndWithinASecondElsewhere() {
        // The injected truth hears of it as another replica does: by its own questions.
        PostgresCallJournal elsewhere = new PostgresCallJournal(vertx, calls, new TokenTable(), new SimpleMeterRegistry(), Duration.ZERO);
        CallJournal.Call call = call("droplets_create");
        get(elsewhere.begins(call));
        get(elsewhere.ended(call, 202, Optional.of(new CallJournal.Created(0, Set.of(DROPLET))), List.of()));
        long answered = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5)).until(() -> live(truth, secret).created().equals(Map.of(0, Set.of(DROPLET))));
        assertThat(System.nanoTime() - answered).isLessThan(1_000_000_000L);
        assertThat(told(call.id()).created()).contains(List.of(DROPLET));

        ResourceName second = new ResourceName("do:droplet:3164495");
        CallJournal.Call next = call("droplets_create");
        get(journal.begins(next));
        get(journal.ended(next, 202, Optional.of(new CallJournal.Created(0, Set.of(second))), List.of()));
        assertThat(live(truth, secret).created()).isEqualTo(Map.of(0, Set.of(DROPLET, second)));

        TokenSecret rotated = grants.collect(id);
        assertThat(live(truth, rotated).created()).isEqualTo(Map.of(0, Set.of(DROPLET, second)));
        TokenTable fresh = new TokenTable();
        TokenPoller restarted = new TokenPoller(vertx, pool, fresh);
        restarted.start();
        get(restarted.next());
        get(new GrantContents(pool, fresh).load(rotated.digest()));
        TokenTable.Answer answer = fresh.find(rotated.sha256(), System.nanoTime(), System.currentTimeMillis(), System.nanoTime());
        restarted.stop();
        assertThat(((TokenState.Live) ((TokenTable.Answer.Known) answer).state()).grant().created()).isEqualTo(Map.of(0, Set.of(DROPLET, second)));
    }

    @Test
    void readsOfAMinuteAreToldTogether() {
        Instant minute = Instant.parse("2026-03-01T12:00:00Z");
        List<CallJournal.Call> reads = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            reads.add(new CallJournal.Call(UUID.randomUUID().toString(), grant, Optional.of(new OperationId(i < 60 ? "droplets_get" : "droplets_list")),
                i < 60 ? List.of(DROPLET) : List.of(), minute.plusSeconds(i < 60 ? i : 60)));
        }
        reads.forEach(read -> journal.read(read, 200));
        get(journal.flush(minute.plusSeconds(119)));
        ApiCalled first = told(reads.get(0).id());
        assertThat(first.calls()).isEqualTo(60);
        assertThat(first.operation()).contains("droplets_get");
        assertThat(first.resources()).containsExactly(DROPLET);
        get(journal.flush(minute.plusSeconds(120)));
        assertThat(told(reads.get(60).id()).calls()).isEqualTo(30);
        assertThat(Events.all(ApiCalled.class, event -> event.tokenId().equals(grant.tokenId()))).hasSize(2);
    }

    @Test
    void callThatCannotBeRecordedDoesNotTakeOthersWithIt() {
        CallJournal.Call twice = call("droplets_create");
        get(journal.refused(twice, 403, "not-granted"));
        Future<Void> before = journal.refused(call("droplets_create"), 403, "not-granted");
        Future<Void> again = journal.refused(twice, 403, "not-granted");
        Future<Void> after = journal.refused(call("droplets_create"), 403, "not-granted");
        get(before);
        get(after);
        assertThat(again.toCompletionStage().toCompletableFuture()).failsWithin(Duration.ofSeconds(10)).withThrowableOfType(ExecutionException.class)
            .withCauseInstanceOf(CallJournal.Unrecorded.class);
    }
}
