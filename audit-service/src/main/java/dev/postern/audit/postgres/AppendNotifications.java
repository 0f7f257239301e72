package dev.postern.audit.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Hears of every append of every replica as soon as it is committed (LISTEN), and wakes who waits for it. One connection, kept. */
@ApplicationScoped
public class AppendNotifications {
    private static final Logger LOG = Logger.getLogger(AppendNotifications.class);
    private static final String LISTEN = "listen log_grew";
    private static final String SIZE = "select size from head";
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final Pool pool;
    private final Vertx vertx;
    private final AtomicLong size = new AtomicLong();
    private final Set<UniEmitter<? super Long>> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean tryingAgain = new AtomicBoolean();
    private volatile boolean stopping;

    AppendNotifications(Pool pool, Vertx vertx, MeterRegistry metrics) {
        this.pool = pool;
        this.vertx = vertx;
        metrics.gauge("postern_log_size_entries", size);
    }

    /** Returns the number of committed entries known so far, a lower bound. */
    public long size() {
        return size.get();
    }

    /** The size of the log once it is greater than {@code known}. */
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
        listen();
    }

    void onStop(@Observes ShutdownEvent stop) {
        stopping = true;
    }

    private void listen() {
        pool.getDelegate().getConnection()
            .compose(connection -> listenOn(connection).onFailure(failed -> connection.close()))
            .onFailure(away -> listenLater());
    }

    private io.vertx.core.Future<Void> listenOn(SqlConnection connection) {
        PgConnection.cast(connection).notificationHandler(this::heard);
        connection.closeHandler(closed -> listenLater());
        // First listen, then look: what is committed in between is heard.
        return connection.query(LISTEN).execute()
            .compose(listening -> connection.query(SIZE).execute())
            .map(rows -> {
                grown(rows.iterator().next().getLong(0));
                return null;
            });
    }

    /** A connection that dies while it is asked tells of it twice. */
    private void listenLater() {
        if (!stopping && tryingAgain.compareAndSet(false, true)) {
            LOG.info("Append notifications: connection lost; reconnecting");
            vertx.setTimer(AGAIN_AFTER.toMillis(), timer -> {
                tryingAgain.set(false);
                listen();
            });
        }
    }

    private void heard(PgNotification notification) {
        grown(Long.parseLong(notification.getPayload()));
    }

    private void grown(long now) {
        long known = size.accumulateAndGet(now, Math::max);
        waiting.forEach(emitter -> emitter.complete(known));
    }
}
