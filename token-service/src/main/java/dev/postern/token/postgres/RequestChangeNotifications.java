// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.events.AccessRequestId;
import dev.postern.messaging.NotificationListener;
import dev.postern.token.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Wakes callers that wait for a change of a request, made by this replica or another: a trigger notifies at the commit. After the connection that listens
 * was lost and is back, all waiting callers are woken and read the state themselves.
 */
@ApplicationScoped
public class RequestChangeNotifications {
    private static final String CHANNEL = "access_request_changed";

    private final NotificationListener listener;
    private final Map<AccessRequestId, Set<Signal>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger waiters = new AtomicInteger();

    RequestChangeNotifications(Vertx vertx, Pool pool, MeterRegistry metrics) {
        this.listener = new NotificationListener(vertx, pool, CHANNEL, new Changes());
        metrics.gauge("postern_waiters", waiters);
    }

    /** The subscription of one waiting caller, who closes it. */
    public final class Signal implements AutoCloseable {
        private final AccessRequestId id;
        private volatile CompletableFuture<Void> change = new CompletableFuture<>();

        private Signal(AccessRequestId id) {
            this.id = id;
        }

        /** Completes at the next change after this call. Ask for it first, then read the state: no change is missed. */
        public CompletableFuture<Void> change() {
            return change;
        }

        private void fire() {
            CompletableFuture<Void> happened = change;
            change = new CompletableFuture<>();
            happened.complete(null);
        }

        @Override
        public void close() {
            waiting.computeIfPresent(id, (key, signals) -> {
                if (signals.remove(this)) {
                    waiters.decrementAndGet();
                }
                return signals.isEmpty() ? null : signals;
            });
        }
    }

    /** A signal for changes of this request; empty if {@link Limits#WAITERS_MAX} callers wait already. */
    public Optional<Signal> listen(AccessRequestId id) {
        if (waiters.incrementAndGet() > Limits.WAITERS_MAX) {
            waiters.decrementAndGet();
            return Optional.empty();
        }
        Signal signal = new Signal(id);
        waiting.compute(id, (key, signals) -> {
            Set<Signal> all = signals == null ? ConcurrentHashMap.newKeySet() : signals;
            all.add(signal);
            return all;
        });
        return Optional.of(signal);
    }

    /** Returns the number of waiting callers in this replica. */
    public int waiters() {
        return waiters.get();
    }

    void onStart(@Observes StartupEvent start) {
        listener.open();
    }

    void onStop(@Observes ShutdownEvent stop) {
        listener.close();
    }

    private final class Changes implements NotificationListener.Subscriber {
        @Override
        public Future<Void> onConnected(PgConnection connection) {
            waiting.values().forEach(signals -> signals.forEach(Signal::fire));
            return Future.succeededFuture();
        }

        @Override
        public void onNotification(String payload) {
            Optional.ofNullable(waiting.get(AccessRequestId.of(payload))).ifPresent(signals -> signals.forEach(Signal::fire));
        }
    }
}
