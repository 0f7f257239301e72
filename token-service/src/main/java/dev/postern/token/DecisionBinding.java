// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AccessDecided;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Checks that a decision matches its request. A decision that does not match is dead-lettered. */
final class DecisionBinding {
    private DecisionBinding() {}

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
