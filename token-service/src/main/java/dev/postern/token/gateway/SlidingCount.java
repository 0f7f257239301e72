package dev.postern.token.gateway;

import java.util.Arrays;

/** How many in the last so many milliseconds, in steps. No clock of its own; times must not go back by more than the window. Not for several threads. */
final class SlidingCount {
    private final int[] steps;
    private final long stepMs;
    private long lastStep = Long.MIN_VALUE;
    private int total;

    SlidingCount(int steps, long stepMs) {
        this.steps = new int[steps];
        this.stepMs = stepMs;
    }

    void add(long nowMs) {
        forget(nowMs);
        steps[(int) Math.floorMod(lastStep, steps.length)]++;
        total++;
    }

    int total(long nowMs) {
        forget(nowMs);
        return total;
    }

    /** After how many milliseconds the oldest that counts now no longer does; 0 if none counts. */
    long freeInMs(long nowMs) {
        forget(nowMs);
        for (long step = lastStep - steps.length + 1; step <= lastStep; step++) {
            if (steps[(int) Math.floorMod(step, steps.length)] > 0) {
                return Math.max(1, (step + steps.length) * stepMs - nowMs);
            }
        }
        return 0;
    }

    private void forget(long nowMs) {
        long step = Math.floorDiv(nowMs, stepMs);
        if (lastStep == Long.MIN_VALUE || step - lastStep >= steps.length) {
            Arrays.fill(steps, 0);
            total = 0;
            lastStep = step;
            return;
        }
        while (lastStep < step) {
            lastStep++;
            int slot = (int) Math.floorMod(lastStep, steps.length);
            total -= steps[slot];
            steps[slot] = 0;
        }
    }
}
