// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.events.TokenIssued;
import dev.postern.local.parts.RealParts;
import dev.postern.token.Examples;
import dev.postern.token.TokenSecret;
import dev.postern.token.call.Entries;
import dev.postern.token.liveness.DetailsDigest;
import dev.postern.token.liveness.PolledTokenVerifier;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.real.Events;
import dev.postern.token.real.Grants;
import dev.postern.token.status.Freshness;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways, each with its own table, its own questions and its own reader of Kafka, on a real broker and a real database. */
@QuarkusTest
class TruthIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MS = 1_000_000;
    private static final long GIVEN_UP_NANOS = 5_000 * MS;
    private static final int LANES = 20;
    private static final int INTERLEAVINGS = Integer.getInteger("postern.interleavings", 10_000);

    @Inject
    AccessRequestStore store;
    @Inject
    Vertx vertx;
    @Inject
    Pool pool;
    @Inject
    CallJournal journal;
    @Inject
    CallLimits limits;
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;
    private Grants grants;
    private PolledTokenVerifier one;
    private PolledTokenVerifier other;

    @BeforeEach
    void twoGateways() {
        grants = new Grants(store);
        one = gateway();
        other = gateway();
    }

    @AfterEach
    void end() {
        one.onStop(null);
        other.onStop(null);
    }

    private PolledTokenVerifier gateway() {
        PolledTokenVerifier gateway = new PolledTokenVerifier(vertx, pool, new TokenTable(), new SimpleMeterRegistry(), kafka);
        gateway.onStart(null);
        return gateway;
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    private static TokenState ask(TokenVerifier gateway, TokenSecret secret) {
        return get(gateway.of(secret.reveal()));
    }

    private static boolean live(TokenVerifier gateway, TokenSecret secret) {
        return ask(gateway, secret) instanceof TokenState.Live;
    }

    private AccessRequestId granted() {
        return grants.grant(Duration.ofHours(1), Grants.droplets(Grants.ownCreated()));
    }

    @Test
    void recordWithWiderDetailsOpensNothingMoreWhetherItComesBeforeTheTokenOrAfter() {
        List<AuthorizationDetail> wider = List
            .of(new AuthorizationDetail.DigitalOceanApi(new ResourceName("do:droplet:*"), List.of("droplet:read", "droplet:delete"),
                Optional.empty()));
        for (boolean before : List.of(true, false)) {
            AccessRequestId id = granted();
            TokenSecret secret = Grants.fresh();
            if (before) {
                forge(id, secret, wider);
            }
            grants.collect(id, secret);
            if (!before) {
                forge(id, secret, wider);
            }
            // A gateway that reads Kafka from its beginning and has heard all of it.
            PolledTokenVerifier late = gateway();
            try {
                assertThat(((TokenState.Live) ask(late, secret)).grant().details()).isEqualTo(List.of(Grants.droplets(Grants.ownCreated())));
                assertThat(((TokenState.Live) ask(one, secret)).grant().details()).isEqualTo(List.of(Grants.droplets(Grants.ownCreated())));
            } finally {
                late.onStop(null);
            }
        }
    }

    private static void forge(AccessRequestId id, TokenSecret secret, List<AuthorizationDetail> details) {
        Events.publish("somebody", new TokenIssued(new TokenId(UUID.randomUUID()), id, new AccountName("acme"), secret.digest().value(), details,
            Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MICROS),
            Instant.now().plusSeconds(3_600).truncatedTo(java.time.temporal.ChronoUnit.MICROS)));
        Events.one(TokenIssued.class, event -> event.tokenDigest().equals(secret.digest().value()) && event.authorizationDetails().equals(details));
    }

    @Test
    void postgresAndJavaComputeTheSameDigestOfWhatAGrantOpens() {
        List<AuthorizationDetail> details = Examples.oneOfEach();
        AccessRequestId id = grants.grant(Duration.ofHours(1), details.toArray(AuthorizationDetail[]::new));
        assertThat(
            get(pool.preparedQuery("select details_digest from access_request where id = $1").execute(Tuple.of(id.value()))).iterator().next().getString(0))
            .isEqualTo(DetailsDigest.of(details));
    }

    @Test
    void tokenIsLiveOnBothAMomentAfterItWasCollectedAndGarbageIsNot() {
        TokenSecret secret = grants.collect(granted());
        assertThat(live(one, secret)).isTrue();
        assertThat(live(other, secret)).isTrue();
        assertThat(get(one.of("pst_garbage"))).isInstanceOf(TokenState.NotAToken.class);
        assertThat(get(one.of(null))).isInstanceOf(TokenState.NotAToken.class);
        assertThat(ask(one, TokenSecret.of(new byte[TokenSecret.RANDOM_BYTES]))).isInstanceOf(TokenState.Unknown.class);
    }

    @Test
    void floodOfWellFormedGarbageIsUnknownAndALiveTokenStaysLive() {
        TokenSecret secret = grants.collect(granted());
        assertThat(live(one, secret)).isTrue();
        List<Future<TokenState>> asked = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] random = new byte[TokenSecret.RANDOM_BYTES];
            random[0] = (byte) i;
            random[1] = (byte) (i >> 8);
            asked.add(one.of(TokenSecret.of(random).reveal()));
        }
        assertThat(live(one, secret)).isTrue();
        asked.forEach(answer -> assertThat(get(answer)).isInstanceOf(TokenState.Unknown.class));
    }

    @Test
    void noCallIsAcceptedLaterThanASecondAfterTheRevocationWasAnswered() throws InterruptedException, ExecutionException {
        assertThat(interleave(INTERLEAVINGS)).isLessThan(1_000 * MS);
    }

    @Test
    void withKafkaAwayRevocationsHoldWithinTheBoundOfTheProof() throws InterruptedException, ExecutionException {
        TokenSecret before = grants.collect(granted());
        assertThat(live(one, before)).isTrue();
        RealParts.kafka().kill();
        try {
            assertThat(interleave(INTERLEAVINGS / 10)).isLessThan(Freshness.HOLDS_MS * MS + 100 * MS);
            assertThat(live(one, before)).isTrue();
        } finally {
            RealParts.kafka().start();
        }
    }

    /** A broker that hangs keeps its connections: to whoever asks it, it looks as if nothing had been revoked. */
    @Test
    void withKafkaFrozenRevocationsHoldWithinTheSameBoundAlsoOnAnInstanceThatStartsMeanwhile() throws InterruptedException, ExecutionException {
        TokenSecret before = grants.collect(granted());
        assertThat(live(one, before)).isTrue();
        RealParts.kafka().pause();
        PolledTokenVerifier fresh = null;
        try {
            assertThat(interleave(INTERLEAVINGS / 20)).isLessThan(Freshness.HOLDS_MS * MS + 100 * MS);
            assertThat(live(one, before)).isTrue();
            AccessRequestId id = granted();
            TokenSecret during = grants.collect(id);
            long starts = System.nanoTime();
            fresh = gateway();
            assertThat(live(fresh, before)).as("issued before the broker hung").isTrue();
            assertThat(live(fresh, during)).as("issued while it hangs").isTrue();
            assertThat(System.nanoTime() - starts).as("nobody waits for the broker").isLessThan(2_000 * MS);
            grants.revoke(id, during);
            TokenVerifier started = fresh;
            await().atMost(Duration.ofMillis(Freshness.HOLDS_MS + 100)).pollInterval(Duration.ofMillis(5)).until(() -> !live(started, during));
        } finally {
            RealParts.kafka().resume();
            if (fresh != null) {
                fresh.onStop(null);
            }
        }
    }

    /** The longest time from the answer to a revocation to a call that was accepted on either gateway, in nanoseconds. */
    private long interleave(int revocations) throws InterruptedException, ExecutionException {
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        AtomicLong latest = new AtomicLong(Long.MIN_VALUE);
        AtomicLong accepted = new AtomicLong();
        AtomicLong slowest = new AtomicLong();
        List<java.util.concurrent.Future<?>> done = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            done.add(lanes.submit(() -> {
                AccessRequestId id = granted();
                TokenSecret secret = grants.collect(id);
                for (int i = 0; i < revocations / LANES; i++) {
                    assertThat(live(one, secret)).isTrue();
                    assertThat(live(other, secret)).isTrue();
                    // Calls that are under way while it is revoked.
                    Future<TokenState> during = one.of(secret.reveal());
                    TokenSecret next = null;
                    if (i % 2 == 0) {
                        next = grants.collect(id);
                    } else {
                        grants.revoke(id, secret);
                    }
                    long answered = System.nanoTime();
                    get(during);
                    for (TokenVerifier gateway : List.of(one, other, one, other)) {
                        while (live(gateway, secret)) {
                            long now = System.nanoTime() - answered;
                            accepted.incrementAndGet();
                            latest.accumulateAndGet(now, Math::max);
                            assertThat(now).as("it is still accepted").isLessThan(GIVEN_UP_NANOS);
                            LockSupport.parkNanos(MS);
                        }
                    }
                    slowest.accumulateAndGet(System.nanoTime() - answered, Math::max);
                    secret = next == null ? grants.collect(id) : next;
                }
            }));
        }
        for (java.util.concurrent.Future<?> lane : done) {
            lane.get();
        }
        lanes.shutdown();
        System.out.printf("%d revocations over two gateways: %d calls accepted after the answer, the last after %.1f ms; refused on both after %.1f ms%n",
            revocations / LANES * LANES, accepted.get(), latest.get() / 1e6, slowest.get() / 1e6);
        return latest.get();
    }

    @Test
    void endOfAGrantHoldsOnBothWithinASecond() {
        AccessRequestId id = grants.grant(Duration.ofSeconds(3), Grants.droplets(Grants.ownCreated()));
        Instant end = Instant.now().plusSeconds(3);
        TokenSecret secret = grants.collect(id);
        assertThat(live(one, secret)).isTrue();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> !live(one, secret) && !live(other, secret));
        assertThat(Duration.between(end, Instant.now())).isLessThan(Duration.ofSeconds(1));
        assertThat(ask(other, secret)).isIn(new TokenState.Expired(), new TokenState.Revoked());
    }

    @Test
    void withPostgresAwayNobodyGuesses() {
        TokenSecret secret = grants.collect(granted());
        LiveGrant grant = ((TokenState.Live) ask(one, secret)).grant();
        RealParts.postgres().kill();
        long gone = System.nanoTime();
        try {
            await().atMost(Duration.ofSeconds(2)).pollInterval(Duration.ofMillis(5)).until(() -> ask(one, secret) instanceof TokenState.Unavailable);
            assertThat(System.nanoTime() - gone).isLessThan((Freshness.HOLDS_MS + 1_000) * MS);
            for (int i = 0; i < 100; i++) {
                assertThat(ask(one, secret)).isInstanceOf(TokenState.Unavailable.class);
            }
            CallJournal.Call call = new CallJournal.Call(UUID.randomUUID().toString(), grant, Optional.empty(), List.of(), Instant.now());
            assertThat(journal.begins(call).toCompletionStage().toCompletableFuture()).failsWithin(PATIENCE);
            assertThat(journal.refused(call, 403, "not-granted").toCompletionStage().toCompletableFuture()).failsWithin(PATIENCE);
            assertThat(get(limits.take(grant, List.of(Entries.entry(0, Grants.droplets(Grants.limits(1, null)))))))
                .isInstanceOf(CallLimits.Unavailable.class);
        } finally {
            RealParts.postgres().start();
        }
        await().atMost(PATIENCE).until(() -> live(one, secret) && live(other, secret));
    }

    @Test
    void withPostgresSilentNobodyGuesses() throws SQLException {
        TokenSecret secret = grants.collect(granted());
        assertThat(live(one, secret)).isTrue();
        try (Connection connection = RealParts.postgres().superuser("token").connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table access_request in access exclusive mode");
            await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(5)).until(() -> ask(one, secret) instanceof TokenState.Unavailable);
            for (int i = 0; i < 20; i++) {
                assertThat(ask(one, secret)).isInstanceOf(TokenState.Unavailable.class);
            }
            connection.rollback();
        }
        await().atMost(PATIENCE).until(() -> live(one, secret) && live(other, secret));
    }
}
