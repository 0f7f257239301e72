// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Refuses requests of one event loop whose head or body arrives too slowly, by one periodic sweep over its connections: a client that sends a byte now and then
 * would keep a connection, and the memory behind it, for ever. No idle timeout ends it.
 */
public final class SlowRequests {
    /** Sweeps within one idle timeout. */
    private static final int SWEEPS = 15;
    /** Sweeps until the head of a request must be whole: 30 s where idle connections end after 75. */
    private static final int HEAD_SWEEPS = 6;
    /** Sweeps in a row between which too few bytes of a body arrive. */
    private static final int SLOW_SWEEPS = 2;
    /** The lowest speed of a body. */
    private static final long BODY_BYTES_PER_SECOND_MIN = 1_024;
    private static final long MS_PER_SECOND = 1_000;

    private final Duration idle;
    private final Set<StrictHttpGuard> guards = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param idle the idle timeout of a connection, of which the bounds are parts */
    public SlowRequests(Duration idle) {
        this.idle = idle;
    }

    /** Starts the periodic sweep, on the event loop of the caller. */
    public void watch(Vertx vertx) {
        long everyMs = idle.dividedBy(SWEEPS).toMillis();
        long bytesMin = Math.max(1, BODY_BYTES_PER_SECOND_MIN * everyMs / MS_PER_SECOND);
        vertx.setPeriodic(everyMs, sweep -> List.copyOf(guards).forEach(guard -> guard.refuseIfSlow(HEAD_SWEEPS, SLOW_SWEEPS, bytesMin)));
    }

    void add(StrictHttpGuard guard) {
        guards.add(guard);
    }

    void remove(StrictHttpGuard guard) {
        guards.remove(guard);
    }
}
