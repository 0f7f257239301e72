package dev.postern.token.gateway;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Ends connections of one event loop on which nothing has moved for a while. All are looked at now and then: a handler of the library that reads the clock at
 * each read and listens to each write costs every call more than deciding on it does.
 */
final class IdleConnections {
    /** Looks at a connection before it is ended. */
    private static final int WALKS = 15;

    private final Duration idle;
    private final Set<StrictFront> fronts = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param idle how long nothing may move, give or take a fifteenth */
    IdleConnections(Duration idle) {
        this.idle = idle;
    }

    /** Begins to look, on the event loop of the caller. */
    void watch(Vertx vertx) {
        vertx.setPeriodic(idle.dividedBy(WALKS).toMillis(), walk -> List.copyOf(fronts).forEach(front -> front.endIfIdleFor(WALKS)));
    }

    void add(StrictFront front) {
        fronts.add(front);
    }

    void remove(StrictFront front) {
        fronts.remove(front);
    }
}
