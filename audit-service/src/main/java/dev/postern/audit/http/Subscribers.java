// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.edge.Problem;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The live streams of this replica, and how many of them there may be: in all, and for one person. */
final class Subscribers {
    private final int max;
    private final int perPersonMax;
    private final Duration retryAfter;
    private final Set<Subscriber> all = new HashSet<>();

    Subscribers(int max, int perPersonMax, Duration retryAfter) {
        this.max = max;
        this.perPersonMax = perPersonMax;
        this.retryAfter = retryAfter;
    }

    /**
     * Adds a stream.
     *
     * @throws Problem 429 if the person holds as many as one may, 503 if the replica does
     */
    synchronized void add(Subscriber subscriber) {
        if (all.stream().filter(other -> other.person().equals(subscriber.person())).count() >= perPersonMax) {
            throw new Problem(429, "too-many-streams-of-one-person", "you hold " + perPersonMax + " streams at this replica, which is the most for one"
                + " person; close one of them").retryAfter(retryAfter);
        }
        if (all.size() >= max) {
            throw new Problem(503, "too-many-streams", "this replica serves no more streams at the moment").retryAfter(retryAfter);
        }
        all.add(subscriber);
    }

    synchronized void remove(Subscriber subscriber) {
        all.remove(subscriber);
    }

    synchronized int size() {
        return all.size();
    }

    synchronized Collection<Subscriber> all() {
        return List.copyOf(all);
    }
}
