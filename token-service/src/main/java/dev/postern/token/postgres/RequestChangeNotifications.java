package dev.postern.token.postgres;

import dev.postern.events.AccessRequestId;
import dev.postern.token.Limits;
import dev.postern.token.LogKeys;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Tells who waits that a request changed, in this or another replica: PostgreSQL's NOTIFY, sent by a trigger at the commit, heard over one connection
 * that listens. While that connection is down nothing is heard; when it is back everybody is woken and looks for himself.
 */
@ApplicationScoped
public class RequestChangeNotifications {
    private static final Logger LOG = Logger.getLogger(RequestChangeNotifications.class);
    private static final String CHANNEL = "access_request_changed";
    private static final long BACKOFF_FIRST_MS = 50;
    private static final long BACKOFF_MAX_MS = 2_000;

    private final Vertx vertx;
    private final Pool pool;
    private final Map<AccessRequestId, Set<Signal>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger waiters = new AtomicInteger();
    private volatile boolean stopping;
    private volatile SqlConnection listening;

    RequestChangeNotifications(Vertx vertx, Pool pool, MeterRegistry metrics) {
        this.vertx = vertx;
        this.pool = pool;
        metrics.gauge("postern_waiters", waiters);
    }

    /** The subscription of one waiting caller, who closes it. */
    public final class Signal implements AutoCloseable {
        private final AccessRequestId id;
        private volatile CompletableFuture<Void> change = new CompletableFuture<>();

        private Signal(AccessRequestId id) {
            this.id = id;
        }

        /** Completes at the next change after this call. Ask for it first, then look at the state: so no change is missed. */
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
        connect(BACKOFF_FIRST_MS);
    }

    void onStop(@Observes ShutdownEvent stop) {
        stopping = true;
        SqlConnection open = listening;
        if (open != null) {
            open.close();
        }
    }

    private void connect(long backoffMs) {
        if (stopping) {
            return;
        }
        pool.getConnection().compose(this::listen).onSuccess(connection -> {
            listening = connection;
            LOG.debug("Request change notifications subscribed");
            waiting.values().forEach(signals -> signals.forEach(Signal::fire));
        }).onFailure(failure -> again(Math.min(2 * backoffMs, BACKOFF_MAX_MS), failure.getClass().getSimpleName()));
    }

    private Future<SqlConnection> listen(SqlConnection connection) {
        PgConnection postgres = PgConnection.cast(connection);
        postgres.notificationHandler(this::onNotification);
        return postgres.query("listen " + CHANNEL).execute()
            .onSuccess(done -> postgres.closeHandler(gone -> again(BACKOFF_FIRST_MS, "closed")))
            .onFailure(failure -> connection.close())
            .map(connection);
    }

    private void again(long backoffMs, String reason) {
        if (!stopping) {
            LOG.warnf("Request change notifications lost; reconnecting %s%s %s%d", LogKeys.REASON, reason, LogKeys.RETRY_MS, backoffMs);
            vertx.setTimer(backoffMs, timer -> connect(backoffMs));
        }
    }

    private void onNotification(PgNotification notification) {
        if (CHANNEL.equals(notification.getChannel())) {
            Optional.ofNullable(waiting.get(AccessRequestId.of(notification.getPayload()))).ifPresent(signals -> signals.forEach(Signal::fire));
        }
    }
}
