// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequested;
import dev.postern.events.Topic;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Relays against a real database and a real broker; a relay here is what one replica of a service runs. */
class RelayIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TOPIC = Topic.ACCESS_REQUESTED.topicName();
    private final List<Replica> replicas = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private Database database;
    private Pool pool;

    /** A replica of a service, as far as its outbox goes. */
    private record Replica(Relay relay, OutboxSignal commits, Thread thread) {}

    /** The process dies here, as by kill -9: nothing is caught, nothing is cleaned up but what the operating system closes. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void anEmptyOutbox() {
        Wire.createTopics();
        database = RealParts.postgres().createDatabase("relay_" + UUID.randomUUID().toString().substring(0, 8));
        Flyway.configure().dataSource(database.jdbcUrl(), database.username(), database.password()).locations("db/messaging").load().migrate();
        pool = PgBuilder.pool().using(vertx)
            .connectingTo(PgConnectOptions.fromUri(database.reactiveUrl()).setUser(database.username()).setPassword(database.password())).build();
    }

    @AfterEach
    void stopReplicas() throws InterruptedException {
        for (Replica replica : replicas) {
            replica.relay().stop();
            replica.thread().join(SOON.toMillis());
            replica.commits().close();
        }
        pool.close();
        vertx.close();
    }

    @Test
    void aRelayKilledBetweenSendAndMarkLosesNothingAndRepeatsWithTheSameIds() throws Exception {
        List<String> committed = commit("a-" + UUID.randomUUID(), 50);
        AtomicBoolean killed = new AtomicBoolean();
        Replica first = start(() -> new OutboxTable(database.connect()) {
            @Override
            void mark(List<Row> rows) {
                killed.set(true);
                throw new Killed();
            }
        });
        await().atMost(SOON).untilTrue(killed);
        first.thread().join(SOON.toMillis());
        assertThat(unsent()).isEqualTo(50);

        start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        await().atMost(SOON).until(() -> unsent() == 0);
        assertThat(distinct(ids(committed))).containsExactlyElementsOf(committed);
    }

    @Test
    void ofTwoReplicasOneRelaysAndTheOtherTakesOverWhenItDies() throws Exception {
        Replica first = start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        await().atMost(SOON).until(first.relay()::active);
        Replica second = start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        List<String> before = commit("b-" + UUID.randomUUID(), 20);
        await().atMost(SOON).until(() -> unsent() == 0);
        assertThat(second.relay().active()).isFalse();
        assertThat(ids(before)).containsExactlyElementsOf(before);

        first.relay().stop();
        await().atMost(SOON).until(second.relay()::active);
        assertThat(first.relay().active()).isFalse();
        List<String> after = commit("c-" + UUID.randomUUID(), 20);
        await().atMost(SOON).until(() -> unsent() == 0);
        assertThat(ids(after)).containsExactlyElementsOf(after);
    }

    @Test
    void orderPerKeyIsKeptWhileRelaysLoseTheirConnections() throws Exception {
        start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        String run = UUID.randomUUID().toString();
        Map<String, List<String>> committed = new HashMap<>();
        for (int round = 0; round < 40; round++) {
            for (String key : List.of("k1-" + run, "k2-" + run, "k3-" + run)) {
                committed.computeIfAbsent(key, ignored -> new ArrayList<>()).addAll(commit(key, 5));
            }
            if (round % 10 == 5) {
                terminateRelays();
            }
        }
        await().atMost(SOON).until(() -> unsent() == 0);
        for (Map.Entry<String, List<String>> key : committed.entrySet()) {
            List<String> arrived = Wire.readAll(TOPIC, record -> key.getKey().equals(record.key())).stream().map(RelayIT::id).toList();
            assertThat(distinct(arrived)).as("first arrivals of %s", key.getKey()).containsExactlyElementsOf(key.getValue());
        }
    }

    @Test
    void anEventIsSentSoonAfterItsCommitWithoutWaitingForATimer() throws Exception {
        Replica replica = start(OutboxTable.at(database.jdbcUrl(), database.username(), database.password()));
        await().atMost(SOON).until(replica.relay()::active);
        // 30 commits one after the other: a relay that only woke by its timer of 500 ms would need 15 s.
        long begin = System.nanoTime();
        for (int i = 0; i < 30; i++) {
            commit("d-" + UUID.randomUUID(), 1);
            await().pollInterval(Duration.ofMillis(2)).atMost(SOON).until(() -> unsent() == 0);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
    }

    private Replica start(OutboxTable.Factory tables) {
        OutboxSignal commits = new OutboxSignal(vertx, pool);
        commits.open();
        Relay relay = new Relay(tables, commits, () -> new KafkaProducer<>(ProducerSettings.durable(RealParts.kafka().bootstrapServers())),
            URI.create("/relay-test"), 500, new RelayMetrics(new SimpleMeterRegistry()));
        Thread thread = new Thread(relay, "relay-of-replica-" + replicas.size());
        thread.setUncaughtExceptionHandler((ended, error) -> assertThat(error).isInstanceOf(Killed.class));
        thread.start();
        Replica replica = new Replica(relay, commits, thread);
        replicas.add(replica);
        return replica;
    }

    /** Commits events of one key in one transaction, as a service would, and returns their ids in order. */
    private List<String> commit(String key, int count) throws SQLException {
        List<String> ids = new ArrayList<>();
        String sql = "insert into outbox (event_id, topic, record_key, event_type, event_time, payload) values (?, ?, ?, ?, ?, ?)";
        try (Connection connection = database.connect(); PreparedStatement insert = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                AccessRequested event = Examples.request();
                ids.add(event.id().toString());
                insert.setString(1, event.id().toString());
                insert.setString(2, TOPIC);
                insert.setString(3, key);
                insert.setString(4, event.topic().type());
                insert.setObject(5, OffsetDateTime.ofInstant(event.time(), ZoneOffset.UTC));
                insert.setBytes(6, dev.postern.events.EventJson.write(event));
                insert.executeUpdate();
            }
            connection.commit();
        }
        return ids;
    }

    private void terminateRelays() throws SQLException {
        try (Connection connection = RealParts.postgres().superuser(database.name()).connect(); Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'postern-relay' and datname = '"
                + database.name() + "'");
        }
    }

    private int unsent() throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("select count(*) from outbox where sent_at is null")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static List<String> ids(List<String> wanted) {
        Set<String> set = new HashSet<>(wanted);
        return Wire.readAll(TOPIC, record -> set.contains(id(record))).stream().map(RelayIT::id).toList();
    }

    private static List<String> distinct(List<String> ids) {
        return ids.stream().distinct().toList();
    }

    private static String id(ConsumerRecord<String, byte[]> record) {
        return record.headers().lastHeader("ce_id") == null ? "" : new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
    }
}
