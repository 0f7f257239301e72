package dev.postern.token;

import dev.postern.events.AccessDecided;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What binds a decision to the request that it decides. What is not bound is not followed: it becomes a dead letter, and somebody looks. */
final class DecisionBinding {
    private DecisionBinding() { }

    /** @throws IllegalArgumentException if the decision is of another request than exactly this one */
    static void check(RequestContent asked, AccessDecided event) {
        if (!event.requestId().equals(asked.id()) || !event.requestDigest().equals(asked.digest())) {
            throw new IllegalArgumentException("the decision is not of this request");
        }
    }

    /**
     * When the grant ends, as PostgreSQL can keep it: in microseconds.
     *
     * @throws IllegalArgumentException if it says not when, or gives longer than was asked for
     */
    static Instant end(RequestContent asked, AccessDecided event) {
        Instant end = event.validUntil().orElseThrow(() -> new IllegalArgumentException("a grant without an end"));
        if (end.isAfter(event.decidedAt().plus(asked.duration()))) {
            throw new IllegalArgumentException("a grant for longer than was asked for");
        }
        return end.truncatedTo(ChronoUnit.MICROS);
    }
}
