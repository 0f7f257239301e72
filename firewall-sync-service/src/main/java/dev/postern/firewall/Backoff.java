// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import java.time.Duration;

/** Computes the delay before the next run of an unfinished service. */
public final class Backoff {
    private static final Duration PENDING_FIRST = Duration.ofMillis(20);
    private static final Duration PENDING_MAX = Duration.ofSeconds(2);
    private static final Duration FAILED_FIRST = Duration.ofMillis(250);
    private static final Duration FAILED_MAX = Duration.ofSeconds(30);
    private static final Duration STANDING_FIRST = Duration.ofSeconds(5);
    private static final Duration STANDING_MAX = Duration.ofMinutes(1);
    private static final Duration CLOSING_MAX = Duration.ofSeconds(3);
    private static final double JITTER = 0.2;
    private static final int DOUBLINGS_MAX = 20;

    private Backoff() {}

    /** The provider has not finished: 20 ms, 40 ms … 2 s. @param attempt 0, 1, 2 … */
    public static Duration pending(int attempt) {
        return doubled(PENDING_FIRST, PENDING_MAX, attempt);
    }

    /** A call failed: 250 ms … 30 s. @param chance 0 to 1, spreads services that failed together */
    public static Duration failed(int attempt, double chance) {
        return spread(doubled(FAILED_FIRST, FAILED_MAX, attempt), chance);
    }

    /** Something that calling again does not cure, as a refused credential: 5 s … 1 min. @param chance 0 to 1 */
    public static Duration standing(int attempt, double chance) {
        return spread(doubled(STANDING_FIRST, STANDING_MAX, attempt), chance);
    }

    /** Returns how long a closing waits where another change would wait for {@code wait}: at most 3 s, or 5 s where the provider refuses it. */
    public static Duration closing(Duration wait, boolean standing) {
        Duration most = standing ? STANDING_FIRST : CLOSING_MAX;
        return wait.compareTo(most) > 0 ? most : wait;
    }

    private static Duration doubled(Duration first, Duration most, int attempt) {
        Duration wait = first.multipliedBy(1L << Math.min(attempt, DOUBLINGS_MAX));
        return wait.compareTo(most) > 0 ? most : wait;
    }

    private static Duration spread(Duration wait, double chance) {
        return wait.plusMillis((long) (wait.toMillis() * JITTER * chance));
    }
}
