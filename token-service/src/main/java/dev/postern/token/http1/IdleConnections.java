package dev.postern.token.http1;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Ends connections of one event loop on which nothing has moved for a while, or a request comes too slowly: one byte now and then would keep a connection,
 * and the memory behind it, for ever. All are looked at now and then: a handler of the library that reads the clock at each read and listens to each write
 * costs every call more than deciding on it does.
 */
public final class IdleConnections {
    /** Looks at a connection before it is ended. */
    private static final int WALKS = 15;
    /** Looks that the head of a request may take to come whole: 30 s where idle connections end after 75. */
    private static final int HEAD_WALKS = 6;
    /** Looks in a row between which fewer bytes of a body come than must. */
    private static final int SLOW_WALKS = 2;
    /** The lowest speed of a body. */
    private static final long BODY_BYTES_PER_SECOND_MIN = 1_024;
    private static final long MS_PER_SECOND = 1_000;

    private final Duration idle;
    private final Set<StrictHttpGuard> fronts = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param idle how long nothing may move, give or take a fifteenth */
    public IdleConnections(Duration idle) {
        this.idle = idle;
    }

    /** Starts the periodic sweep, on the event loop of the caller. */
    public void watch(Vertx vertx) {
        long everyMs = idle.dividedBy(WALKS).toMillis();
        long bytesMin = Math.max(1, BODY_BYTES_PER_SECOND_MIN * everyMs / MS_PER_SECOND);
        vertx.setPeriodic(everyMs, walk -> List.copyOf(fronts).forEach(front -> {
            front.endIfIdleFor(WALKS);
            front.refuseIfSlow(HEAD_WALKS, SLOW_WALKS, bytesMin);
        }));
    }

    void add(StrictHttpGuard front) {
        fronts.add(front);
    }

    void remove(StrictHttpGuard front) {
        fronts.remove(front);
    }
}
