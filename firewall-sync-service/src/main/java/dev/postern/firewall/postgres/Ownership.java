// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.ServiceName;
import dev.postern.messaging.NotificationListener;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mutiny.pgclient.PgConnection;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Which services this process reconciles: one process per service, by advisory locks on one connection that this process keeps. A lock once had is
 * kept, so that on the hot way nobody asks for it; PostgreSQL takes all of them back the moment the connection ends, so that another process need not
 * wait out a lease when this one dies. What is committed under a lock checks in the same statement that the lock is still there ({@link #FENCE}).
 *
 * <p>A service is taken only by the process that is its account's home, which is a second lock: looks of several services are one call of the account's
 * budget only where one process makes them. Correctness rests on the service's lock alone; a service that moved here from another account stays with
 * the process that has it.
 */
@ApplicationScoped
public class Ownership implements Owner {
    /** A condition for SQL: the advisory lock of the service in parameter {@code ?1} is held by the backend in parameter {@code ?2}. */
    static final String FENCE = """
        exists (select 1 from pg_locks where locktype = 'advisory' and classid = 7465 and objsubid = 2 and granted and pid = ?2
            and objid = cast(cast(hashtext(?1) as bigint) & 4294967295 as oid))""";
    private static final Logger LOG = Logger.getLogger(Ownership.class);
    private static final String TAKE = """
        select case when pg_try_advisory_lock(7466, hashtext(coalesce((select content ->> 'account' from protected_service where name = $1), '')))
            then pg_try_advisory_lock(7465, hashtext($1)) else false end""";
    private static final String CHANNEL = "reconcile";

    private final Pool pool;
    private final NotificationListener listener;
    private final Set<ServiceName> owned = ConcurrentHashMap.newKeySet();
    private volatile PgConnection connection;
    private volatile Consumer<ServiceName> onPoke = service -> {};
    private volatile Runnable onConnected = () -> {};

    Ownership(Pool pool, Vertx vertx) {
        this.pool = pool;
        this.listener = new NotificationListener(vertx, pool.getDelegate(), CHANNEL, new Pokes());
    }

    void onStart(@Observes @Priority(2) StartupEvent start) {
        listener.open();
    }

    /**
     * Registers the listeners for notifications.
     *
     * @param poked     another process pokes a service that this one owns, or may own
     * @param connected locks can be taken from now on; those that were held are lost
     */
    public void listen(Consumer<ServiceName> poked, Runnable connected) {
        onPoke = poked;
        onConnected = connected;
        if (connection != null) {
            connected.run();
        }
    }

    @Override
    public Uni<Boolean> take(ServiceName service) {
        PgConnection mine = connection;
        if (mine == null) {
            return Uni.createFrom().item(false);
        }
        if (owned.contains(service)) {
            return Uni.createFrom().item(true);
        }
        return mine.preparedQuery(TAKE).execute(Tuple.of(service.toString())).map(rows -> {
            boolean taken = rows.iterator().next().getBoolean(0);
            if (taken && connection == mine) {
                owned.add(service);
            }
            return taken && connection == mine;
        });
    }

    @Override
    public boolean owns(ServiceName service) {
        return connection != null && owned.contains(service);
    }

    /** The backend that holds the locks, for {@link #FENCE}; 0 while there is none. */
    int backend() {
        PgConnection mine = connection;
        return mine == null ? 0 : mine.processId();
    }

    /** Tells the process that owns the service that there is work. */
    public Uni<Void> pokeOwner(ServiceName service) {
        return pool.preparedQuery("select pg_notify('" + CHANNEL + "', $1)").execute(Tuple.of(service.toString())).replaceWithVoid();
    }

    private final class Pokes implements NotificationListener.Subscriber {
        @Override
        public Future<Void> onConnected(io.vertx.pgclient.PgConnection fresh) {
            owned.clear();
            connection = PgConnection.newInstance(fresh);
            onConnected.run();
            return Future.succeededFuture();
        }

        @Override
        public void onNotification(String payload) {
            poked(payload);
        }

        @Override
        public void onLost() {
            owned.clear();
            connection = null;
            LOG.warn("Lock connection lost; releasing all services");
        }
    }

    private void poked(String payload) {
        try {
            ServiceName service = new ServiceName(payload);
            if (!owned.isEmpty()) { // of an account that is at home here, a service that nobody has yet is to be taken
                onPoke.accept(service);
            }
        } catch (IllegalArgumentException notOurs) {
            LOG.debug("Notification without a service name; ignored");
        }
    }

    /** Gives the locks up while the pool is still open, so that another process takes the services over at once. */
    void onStop(@Observes ShutdownEvent stop) {
        PgConnection mine = connection;
        connection = null;
        owned.clear();
        if (mine != null) {
            mine.query("select pg_advisory_unlock_all()").execute()
                .subscribe().with(unlocked -> {}, failure -> LOG.debug("Lock connection did not release its locks; PostgreSQL does so at its end", failure));
        }
        listener.close();
    }
}
