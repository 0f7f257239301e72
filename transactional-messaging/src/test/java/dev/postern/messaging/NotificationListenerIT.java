// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.local.parts.Database;
import dev.postern.local.parts.RealParts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions to a channel of a real PostgreSQL whose connections end at inconvenient moments. */
class NotificationListenerIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CHANNEL = "example_changed";
    /** The listener's connection is opened by another event loop than the one that its callbacks run on, as in a service. */
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final Reader reader = new Reader();
    private Database database;
    private Pool pool;

    /** Counts the occasions to read the state. It sends nothing over the connection, so that only the listener can notice its end. */
    private static final class Reader implements NotificationListener.Subscriber {
        private final List<Integer> backends = new CopyOnWriteArrayList<>();
        private final List<String> payloads = new CopyOnWriteArrayList<>();
        private final AtomicInteger lost = new AtomicInteger();
        private volatile int failures;

        @Override
        public Future<Void> onConnected(PgConnection connection) {
            backends.add(connection.processId());
            return failures-- > 0 ? Future.failedFuture("the state cannot be read") : Future.succeededFuture();
        }

        @Override
        public void onNotification(String payload) {
            if (payload.isEmpty()) {
                throw new IllegalArgumentException("a payload that the subscriber does not understand");
            }
            payloads.add(payload);
        }

        @Override
        public void onLost() {
            lost.incrementAndGet();
        }
    }

    @BeforeEach
    void openPool() throws Exception {
        database = RealParts.postgres().createDatabase("notify_" + UUID.randomUUID().toString().substring(0, 8));
        pool = PgBuilder.pool().using(vertx).with(new PoolOptions().setMaxSize(1))
            .connectingTo(PgConnectOptions.fromUri(database.reactiveUrl()).setUser(database.username()).setPassword(database.password())).build();
    }

    @AfterEach
    void close() {
        pool.close();
        vertx.close();
    }

    @Test
    void subscriberReadsTheStateAgainAfterItsConnectionEnded() throws Exception {
        try (NotificationListener listener = new NotificationListener(vertx, pool, CHANNEL, reader)) {
            listener.open();
            await().atMost(SOON).until(() -> reader.backends.size() == 1);
            announce("first");
            await().atMost(SOON).until(() -> reader.payloads.equals(List.of("first")));
            terminate(reader.backends.get(0));
            await().atMost(SOON).until(() -> reader.backends.size() == 2);
            assertThat(reader.lost).hasValue(1);
            announce("second");
            await().atMost(SOON).until(() -> reader.payloads.equals(List.of("first", "second")));
            assertThat(reader.backends).as("connections, one after the other").hasSize(2).doesNotHaveDuplicates();
        }
    }

    /** PostgreSQL has answered the LISTEN and ends the connection; both reach the listener at once. */
    @Test
    void connectionThatEndsBetweenListenAndItsAnswerIsReplaced() throws Exception {
        // The one connection of the pool belongs to an event loop other than the listener's.
        Context other = vertx.getOrCreateContext();
        other.runOnContext(ignored -> pool.getConnection().onSuccess(SqlConnection::close));
        await().atMost(SOON).until(() -> pool.size() == 1);
        AtomicInteger terminated = new AtomicInteger();
        Pool ending = afterConnection(() -> {
            if (terminated.compareAndSet(0, 1)) {
                endAfterListen();
            }
        });
        Context own = ownContext(other);
        own.runOnContext(ignored -> new NotificationListener(vertx, ending, CHANNEL, reader).open());
        await().atMost(SOON).until(() -> !reader.backends.isEmpty()
            && listening().equals(reader.backends.subList(reader.backends.size() - 1, reader.backends.size())));
        assertThat(terminated).hasValue(1);
        announce("later");
        await().atMost(SOON).until(() -> reader.payloads.equals(List.of("later")));
    }

    @Test
    void subscriberThatCannotReadTheStateIsConnectedAgain() throws Exception {
        reader.failures = 2;
        try (NotificationListener listener = new NotificationListener(vertx, pool, CHANNEL, reader)) {
            listener.open();
            await().atMost(SOON).until(() -> reader.backends.size() == 3);
            announce("later");
            await().atMost(SOON).until(() -> reader.payloads.equals(List.of("later")));
        }
    }

    @Test
    void notificationThatTheSubscriberRefusesDoesNotEndTheSubscription() throws Exception {
        try (NotificationListener listener = new NotificationListener(vertx, pool, CHANNEL, reader)) {
            listener.open();
            await().atMost(SOON).until(() -> reader.backends.size() == 1);
            announce("");
            announce("later");
            await().atMost(SOON).until(() -> reader.payloads.equals(List.of("later")));
            assertThat(reader.lost).hasValue(0);
        }
    }

    @Test
    void closedListenerReturnsAConnectionThatDoesNotListen() throws Exception {
        NotificationListener listener = new NotificationListener(vertx, pool, CHANNEL, reader);
        listener.open();
        await().atMost(SOON).until(() -> reader.backends.size() == 1);
        listener.close();
        // The pool has one connection: it is available again, and is the same.
        Future<Long> channels = pool.query("select count(*) from pg_listening_channels()").execute().map(rows -> rows.iterator().next().getLong(0));
        assertThat(channels.toCompletionStage().toCompletableFuture().get()).isZero();
        assertThat(reader.lost).hasValue(0);
    }

    /** A context on the event loop that {@code other} does not run on. */
    private Context ownContext(Context other) {
        Thread[] threads = new Thread[1];
        other.runOnContext(ignored -> threads[0] = Thread.currentThread());
        await().atMost(SOON).until(() -> threads[0] != null);
        while (true) {
            Context[] found = new Context[1];
            Thread starter = new Thread(() -> {
                Context candidate = vertx.getOrCreateContext();
                candidate.runOnContext(ignored -> found[0] = Thread.currentThread() == threads[0] ? other : candidate);
            });
            starter.start();
            await().atMost(SOON).until(() -> found[0] != null);
            if (found[0] != other) {
                return found[0];
            }
        }
    }

    /** The pool, but what asked for a connection is followed by {@code then}, before anything that the connection answers. */
    private Pool afterConnection(Runnable then) {
        return (Pool) Proxy.newProxyInstance(Pool.class.getClassLoader(), new Class<?>[] {Pool.class}, (self, method, arguments) -> {
            Object result = method.invoke(pool, arguments);
            return method.getName().equals("getConnection") && result instanceof Future<?> connection
                ? connection.onSuccess(ready -> vertx.getOrCreateContext().runOnContext(ignored -> then.run())) : result;
        });
    }

    /** Blocks the caller's event loop until the connection that listens has ended. */
    private void endAfterListen() {
        await().atMost(SOON).until(() -> !listening().isEmpty());
        try {
            terminate(listening().get(0));
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
        await().atMost(SOON).until(() -> pool.size() == 0);
    }

    /** Returns the backends that have finished a LISTEN. */
    private List<Integer> listening() throws SQLException {
        List<Integer> pids = new CopyOnWriteArrayList<>();
        try (Connection connection = RealParts.postgres().superuser(database.name()).connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("select pid from pg_stat_activity where datname = '" + database.name()
                 + "' and pid <> pg_backend_pid() and state = 'idle' and query = 'listen " + CHANNEL + "'")) {
            while (rows.next()) {
                pids.add(rows.getInt(1));
            }
        }
        return pids;
    }

    private void announce(String payload) throws SQLException {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("select pg_notify('" + CHANNEL + "', '" + payload + "')");
        }
    }

    private void terminate(int backend) throws SQLException {
        try (Connection connection = RealParts.postgres().superuser("postgres").connect(); Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(" + backend + ")");
        }
    }
}
