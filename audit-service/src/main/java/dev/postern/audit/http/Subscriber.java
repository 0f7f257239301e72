// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.Filter;
import java.time.Instant;

/** One live stream: its reader, its position in the log, and since when it waits for its client. */
final class Subscriber {
    private final String person;
    private final Filter filter;
    private final Instant until;
    private final Runnable disconnect;
    private volatile long scanned;
    private volatile long clientBusySinceNanos;
    private volatile boolean clientBusy;
    private volatile boolean followed;
    private volatile long lastSentNanos = System.nanoTime();

    /**
     * @param person     subject of the access token: a person may hold only some streams
     * @param filter     what it wants
     * @param scanned    the index up to which it has seen everything; -1 for nothing
     * @param until      when its token is over
     * @param disconnect closes the connection
     */
    Subscriber(String person, Filter filter, long scanned, Instant until, Runnable disconnect) {
        this.person = person;
        this.filter = filter;
        this.scanned = scanned;
        this.until = until;
        this.disconnect = disconnect;
    }

    String person() {
        return person;
    }

    Filter filter() {
        return filter;
    }

    /** Returns whether the access token is still valid. */
    boolean valid(Instant now) {
        return now.isBefore(until);
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

    /** The framework took the stream up; it will say when the stream ends. */
    void followed() {
        followed = true;
    }

    /** Returns whether the connection broke before the stream began, so that no event will report its end. */
    boolean leftUnfollowedFor(long nanos) {
        return !followed && silentNanos() > nanos;
    }

    void sending() {
        clientBusySinceNanos = System.nanoTime();
        lastSentNanos = clientBusySinceNanos;
        clientBusy = true;
    }

    void sent() {
        clientBusy = false;
    }

    /** Nanoseconds since the last event or heartbeat. */
    long silentNanos() {
        return System.nanoTime() - lastSentNanos;
    }

    boolean stalledFor(long nanos) {
        return clientBusy && System.nanoTime() - clientBusySinceNanos > nanos;
    }

    void disconnect() {
        disconnect.run();
    }
}
