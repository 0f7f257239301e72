package dev.postern.audit.http;

import dev.postern.audit.Filter;
import java.time.Instant;

/** One live stream: how far it has come, and since when it waits for its client. */
final class Subscriber {
    private final Filter filter;
    private final Instant until;
    private final Runnable disconnect;
    private volatile long scanned;
    private volatile long clientBusySinceNanos;
    private volatile boolean clientBusy;

    /**
     * @param filter     what it wants
     * @param scanned    the index up to which it has seen everything; -1 for nothing
     * @param until      when its token is over
     * @param disconnect closes the connection
     */
    Subscriber(Filter filter, long scanned, Instant until, Runnable disconnect) {
        this.filter = filter;
        this.scanned = scanned;
        this.until = until;
        this.disconnect = disconnect;
    }

    Filter filter() {
        return filter;
    }

    Instant until() {
        return until;
    }

    long scanned() {
        return scanned;
    }

    void scannedTo(long index) {
        scanned = Math.max(scanned, index);
    }

    void sending() {
        clientBusySinceNanos = System.nanoTime();
        clientBusy = true;
    }

    void sent() {
        clientBusy = false;
    }

    boolean stalledFor(long nanos) {
        return clientBusy && System.nanoTime() - clientBusySinceNanos > nanos;
    }

    void disconnect() {
        disconnect.run();
    }
}
