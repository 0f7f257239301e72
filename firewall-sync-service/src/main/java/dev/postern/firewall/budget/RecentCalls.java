// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import java.time.Duration;
import java.time.Instant;

/**
 * Counts this process's calls and changes of one account over the provider's period, in {@value #BUCKETS} buckets: what closings cost, what one change
 * costs, and when calls leave the period again. Not safe for several threads.
 */
public final class RecentCalls {
    static final int BUCKETS = 60;
    private static final double CALLS_PER_CHANGE_FIRST = 2.5;
    private static final double CALLS_PER_CHANGE_MIN = 1;
    private static final double CALLS_PER_CHANGE_MAX = 12;
    private static final int CHANGES_WEIGHED_MIN = 10;
    private static final int BUCKETS_MEASURED = 20;

    private final long bucketMillis;
    private final long[] number = new long[BUCKETS];
    private final int[] calls = new int[BUCKETS];
    private final int[] closings = new int[BUCKETS];
    private final int[] changes = new int[BUCKETS];

    /** @param period of the provider's limit */
    public RecentCalls(Duration period) {
        bucketMillis = Math.max(1, period.toMillis() / BUCKETS);
    }

    /** Counts one call. @param closing whether it was made for a closing */
    public void called(boolean closing, Instant now) {
        int at = bucket(now);
        calls[at]++;
        closings[at] += closing ? 1 : 0;
    }

    /** Counts one change of one service, whatever it took. */
    public void changed(Instant now) {
        changes[bucket(now)]++;
    }

    private int bucket(Instant now) {
        long current = now.toEpochMilli() / bucketMillis;
        int at = (int) Math.floorMod(current, (long) BUCKETS);
        if (number[at] != current) {
            number[at] = current;
            calls[at] = 0;
            closings[at] = 0;
            changes[at] = 0;
        }
        return at;
    }

    private int sum(int[] of, Instant now, int last) {
        long current = now.toEpochMilli() / bucketMillis;
        int sum = 0;
        for (int at = 0; at < BUCKETS; at++) {
            sum += number[at] > current - last && number[at] <= current ? of[at] : 0;
        }
        return sum;
    }

    /** Returns how many calls were made for closings in the last period. */
    public int closings(Instant now) {
        return sum(closings, now, BUCKETS);
    }

    /** Returns what one change costs, as measured over the last third of the period. */
    public double callsPerChange(Instant now) {
        int made = sum(changes, now, BUCKETS_MEASURED);
        double known = Math.min(made, CHANGES_WEIGHED_MIN);
        double measured = made == 0 ? 0 : sum(calls, now, BUCKETS_MEASURED) / (double) made;
        double weighed = (measured * known + CALLS_PER_CHANGE_FIRST * (CHANGES_WEIGHED_MIN - known)) / CHANGES_WEIGHED_MIN;
        return Math.max(CALLS_PER_CHANGE_MIN, Math.min(CALLS_PER_CHANGE_MAX, weighed));
    }

    /**
     * Returns the highest constant rate, in calls a second, that never uses up the budget: at every moment of the coming period, what is left now plus what
     * has left the period by then suffices. Calls of other processes are taken to be spread evenly over the period.
     *
     * @param left what is left now
     * @param used in the last period, by all processes
     */
    public double sustainable(double left, long used, Instant now) {
        long current = now.toEpochMilli() / bucketMillis;
        double others = Math.max(0, used - sum(calls, now, BUCKETS));
        double rate = Double.MAX_VALUE;
        double freed = 0;
        for (int step = 1; step <= BUCKETS; step++) {
            rate = Math.min(rate, (Math.max(0, left) + freed + others * (step - 1) / BUCKETS) * 1_000 / (step * (double) bucketMillis));
            long leaving = current - BUCKETS + step;
            int at = (int) Math.floorMod(leaving, (long) BUCKETS);
            freed += number[at] == leaving ? calls[at] : 0;
        }
        return rate;
    }

    /** Returns how long it takes until {@code needed} of this process's calls have left the period; the whole period if they are fewer. */
    public Duration until(long needed, Instant now) {
        long current = now.toEpochMilli() / bucketMillis;
        long freed = 0;
        for (int step = 1; step < BUCKETS; step++) {
            long leaving = current - BUCKETS + step;
            int at = (int) Math.floorMod(leaving, (long) BUCKETS);
            freed += number[at] == leaving ? calls[at] : 0;
            if (freed >= needed) {
                return Duration.ofMillis(step * bucketMillis);
            }
        }
        return Duration.ofMillis(BUCKETS * bucketMillis);
    }
}
