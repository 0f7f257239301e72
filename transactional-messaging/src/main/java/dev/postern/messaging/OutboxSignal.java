// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Wakes the relay after commits to the outbox, in this process or another. The relay's own connection does not listen: the JDBC driver holds a notification
 * back for a millisecond, to see whether another follows, which would delay every event. While no connection listens, the relay polls by its timer.
 */
final class OutboxSignal implements NotificationListener.Subscriber, AutoCloseable {
    private final NotificationListener listener;
    private final Semaphore commits = new Semaphore(0);

    OutboxSignal(Vertx vertx, Pool pool) {
        this.listener = new NotificationListener(vertx, pool, "outbox", this);
    }

    /** Begins to listen. */
    void open() {
        listener.open();
    }

    @Override
    public Future<Void> onConnected(PgConnection connection) {
        commits.release();
        return Future.succeededFuture();
    }

    @Override
    public void onNotification(String payload) {
        commits.release();
    }

    /** Returns when a transaction committed events since the last return, or after the time. */
    void await(int milliseconds) throws InterruptedException {
        if (commits.tryAcquire(milliseconds, TimeUnit.MILLISECONDS)) {
            commits.drainPermits();
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
