package dev.postern.token.gateway;

import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Ends connections of one event loop on which nothing has moved for {@link #IDLE_SECONDS}. All are looked at every few seconds: a handler of the library that
 * reads the clock at each read and listens to each write costs every call more than deciding on it does.
 */
final class IdleConnections {
    /** So long nothing was read or written, give or take {@link #WALK_SECONDS}. */
    static final int IDLE_SECONDS = 75;
    private static final int WALK_SECONDS = 5;
    private static final long MS_PER_SECOND = 1_000;

    private final Set<StrictFront> fronts = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Begins to look, on the event loop of the caller. */
    void watch(Vertx vertx) {
        vertx.setPeriodic(WALK_SECONDS * MS_PER_SECOND, walk -> endIdle());
    }

    void add(StrictFront front) {
        fronts.add(front);
    }

    void remove(StrictFront front) {
        fronts.remove(front);
    }

    private void endIdle() {
        List.copyOf(fronts).forEach(front -> front.endIfIdleFor(IDLE_SECONDS / WALK_SECONDS));
    }
}
