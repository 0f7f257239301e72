package dev.postern.messaging;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Hears of commits to the outbox, in this process or another: PostgreSQL's NOTIFY, over a connection that only listens. The relay's own would do, but
 * JDBC's driver holds a notification back for a millisecond, to see whether another follows, and that would be on the way of every event. While
 * nothing can be heard the relay looks by its timer.
 */
final class OutboxSignal implements AutoCloseable {
    private static final String LISTEN = "listen outbox";
    private static final long RECONNECT_AFTER_MS = 500;

    private final Vertx vertx;
    private final Pool pool;
    private final Semaphore commits = new Semaphore(0);
    private volatile boolean closed;
    private volatile SqlConnection listening;

    OutboxSignal(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        this.pool = pool;
    }

    /** Begins to listen, and goes on until it is closed, whatever becomes of the connection. */
    void open() {
        if (!closed) {
            pool.getConnection().compose(this::listen).onFailure(failure -> openAgain());
        }
    }

    private Future<SqlConnection> listen(SqlConnection connection) {
        PgConnection postgres = PgConnection.cast(connection);
        listening = connection;
        postgres.notificationHandler(commit -> commits.release());
        return postgres.query(LISTEN).execute()
            .onSuccess(listens -> {
                postgres.closeHandler(gone -> openAgain());
                commits.release(); // for what was not heard before
            })
            .onFailure(failure -> connection.close())
            .map(connection);
    }

    private void openAgain() {
        if (!closed) {
            vertx.setTimer(RECONNECT_AFTER_MS, timer -> open());
        }
    }

    /** Returns when a transaction committed events since the last return, or after the time. */
    void await(int milliseconds) throws InterruptedException {
        if (commits.tryAcquire(milliseconds, TimeUnit.MILLISECONDS)) {
            commits.drainPermits();
        }
    }

    @Override
    public void close() {
        closed = true;
        SqlConnection open = listening;
        if (open != null) {
            open.close();
        }
    }
}
