// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import org.jboss.logging.Logger;

/**
 * Subscribes to a channel of PostgreSQL's NOTIFY on a connection of its own, and subscribes again whenever that connection ends, until it is closed.
 *
 * <p>PostgreSQL keeps no notifications for a connection that is not there. {@link Subscriber#onConnected} therefore runs after each connection: the
 * subscriber reads the current state once, and notifications tell it of later changes. All calls of a subscriber run on one Vert.x context.
 */
public final class NotificationListener implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NotificationListener.class);
    private static final long BACKOFF_FIRST_MS = 50;
    private static final long BACKOFF_MAX_MS = 2_000;

    private final Context context;
    private final Pool pool;
    private final String channel;
    private final Subscriber subscriber;
    private Subscription current;
    private volatile boolean closed;

    /** Receives what a channel carries. */
    public interface Subscriber {
        /**
         * Reads the current state: notifications before this moment may have been missed, later ones arrive.
         *
         * @param connection listens; the subscriber may use it for statements of its own, and leaves it open
         * @return done when the state was read; a failure makes the listener connect again
         */
        Future<Void> onConnected(PgConnection connection);

        /** Takes the payload of a notification. */
        void onNotification(String payload);

        /** Learns that the connection of the last {@link #onConnected} ended. */
        default void onLost() {}
    }

    /**
     * Creates a listener that does not listen yet.
     *
     * @param channel name of the channel, an SQL identifier
     */
    public NotificationListener(Vertx vertx, Pool pool, String channel, Subscriber subscriber) {
        this.context = vertx.getOrCreateContext();
        this.pool = pool;
        this.channel = channel;
        this.subscriber = subscriber;
    }

    /** Begins to listen. */
    public void open() {
        context.runOnContext(ignored -> connect(BACKOFF_FIRST_MS));
    }

    /** Stops listening and returns the connection to the pool. */
    @Override
    public void close() {
        closed = true;
        context.runOnContext(ignored -> {
            if (current != null) {
                current.release();
            }
        });
    }

    private void connect(long backoffMs) {
        if (closed) {
            return;
        }
        pool.getConnection().onComplete(connection -> {
            if (closed) {
                connection.close();
                return;
            }
            current = new Subscription(PgConnection.cast(connection), backoffMs);
            current.listen();
        }, failure -> reconnect(backoffMs, failure.getClass().getSimpleName()));
    }

    private void reconnect(long backoffMs, String reason) {
        if (!closed) {
            LOG.warn("PostgreSQL notifications lost; reconnecting: " + Log.CHANNEL + channel + Log.REASON + reason + Log.RETRY_MS + backoffMs);
            context.owner().setTimer(backoffMs, timer -> connect(Math.min(2 * backoffMs, BACKOFF_MAX_MS)));
        }
    }

    /** One connection, from its LISTEN to its end. Runs on the context alone. */
    private final class Subscription {
        private final PgConnection connection;
        private long backoffMs;
        private boolean connected;
        private boolean ended;

        private Subscription(PgConnection connection, long backoffMs) {
            this.connection = connection;
            this.backoffMs = backoffMs;
        }

        private void listen() {
            // Set before the LISTEN is sent: a connection that ends before or after its answer is noticed in either case.
            connection.closeHandler(gone -> end("ConnectionClosed"));
            connection.exceptionHandler(failure -> LOG.debug("PostgreSQL connection failed: " + Log.CHANNEL + channel, failure));
            connection.notificationHandler(notification -> guarded(() -> subscriber.onNotification(notification.getPayload())));
            connection.query("listen " + channel).execute().compose(listening -> {
                connected = !ended;
                return connected ? subscriber.onConnected(connection) : Future.succeededFuture();
            }).onComplete(done -> {
                backoffMs = BACKOFF_FIRST_MS;
                LOG.debug("PostgreSQL notifications subscribed: " + Log.CHANNEL + channel);
            }, failure -> {
                end(failure.getClass().getSimpleName());
                release();
            });
        }

        /** A connection that dies while it answers reports its end twice. */
        private void end(String reason) {
            if (!ended) {
                ended = true;
                if (connected) {
                    guarded(subscriber::onLost);
                }
                reconnect(backoffMs, reason);
            }
        }

        private void release() {
            ended = true;
            connection.closeHandler(null);
            connection.notificationHandler(null);
            connection.query("unlisten *").execute().onComplete(done -> connection.close());
        }

        private void guarded(Runnable callback) {
            try {
                callback.run();
            } catch (RuntimeException failure) {
                LOG.error("Handling of a PostgreSQL notification failed; ignoring it: " + Log.CHANNEL + channel, failure);
            }
        }
    }
}
