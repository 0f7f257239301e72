// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import dev.postern.messaging.NotificationListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Knows the size of the log as of the last commit of any replica, by PostgreSQL's NOTIFY, and wakes those who wait for entries beyond it. */
@ApplicationScoped
public class AppendNotifications {
    private static final String CHANNEL = "log_grew";
    private static final String SIZE = "select size from head";

    private final NotificationListener listener;
    private final AtomicLong size = new AtomicLong();
    private final Set<UniEmitter<? super Long>> waiting = ConcurrentHashMap.newKeySet();

    AppendNotifications(Pool pool, Vertx vertx, MeterRegistry metrics) {
        this.listener = new NotificationListener(vertx, pool.getDelegate(), CHANNEL, new Appends());
        metrics.gauge("postern_log_size_entries", size);
    }

    private final class Appends implements NotificationListener.Subscriber {
        @Override
        public Future<Void> onConnected(PgConnection connection) {
            return connection.query(SIZE).execute().map(rows -> {
                grown(rows.iterator().next().getLong(0));
                return null;
            });
        }

        @Override
        public void onNotification(String payload) {
            grown(Long.parseLong(payload));
        }
    }

    /** Returns the number of committed entries known so far, a lower bound. */
    public long size() {
        return size.get();
    }

    /** Returns the size of the log once it is greater than {@code known}. */
    public Uni<Long> beyond(long known) {
        return Uni.createFrom().<Long>emitter(emitter -> {
            waiting.add(emitter);
            emitter.onTermination(() -> waiting.remove(emitter));
            if (size.get() > known) {
                emitter.complete(size.get());
            }
        }).chain(now -> now > known ? Uni.createFrom().item(now) : beyond(known));
    }

    void onStart(@Observes StartupEvent start) {
        listener.open();
    }

    void onStop(@Observes ShutdownEvent stop) {
        listener.close();
    }

    private void grown(long now) {
        long known = size.accumulateAndGet(now, Math::max);
        waiting.forEach(emitter -> emitter.complete(known));
    }
}
