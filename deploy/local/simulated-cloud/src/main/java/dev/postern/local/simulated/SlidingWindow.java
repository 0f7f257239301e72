// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.ArrayDeque;
import java.util.Deque;

/** Sums the amounts of the last {@code lengthMicros} microseconds. Not thread-safe. */
public final class SlidingWindow {
    private final long lengthMicros;
    private final Deque<long[]> taken = new ArrayDeque<>();
    private long total;

    public SlidingWindow(long lengthMicros) {
        this.lengthMicros = lengthMicros;
    }

    public void add(long amount, long nowMicros) {
        taken.addLast(new long[] {nowMicros, amount});
        total += amount;
    }

    public long total(long nowMicros) {
        while (!taken.isEmpty() && taken.getFirst()[0] + lengthMicros <= nowMicros) {
            total -= taken.removeFirst()[1];
        }
        return total;
    }

    /** When the oldest of it leaves the window; now and the window's length where there is nothing. */
    public long oldestLeavesMicros(long nowMicros) {
        return (taken.isEmpty() ? nowMicros : taken.getFirst()[0]) + lengthMicros;
    }

    /** In how many seconds, rounded up, the oldest leaves; at least 1. */
    public long secondsUntilLess(long nowMicros) {
        return Math.max(1, (oldestLeavesMicros(nowMicros) - nowMicros + 999_999) / 1_000_000);
    }
}
