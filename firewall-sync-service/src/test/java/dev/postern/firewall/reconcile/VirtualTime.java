// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** A clock that goes where the next thing happens, on one thread: the same things in the same order, every time. */
final class VirtualTime {
    private static final long MICROS = 1_000_000;

    static { // Mutiny's context propagation sets itself up at its first use, and fails for whoever comes second while it does
        Uni.createFrom().emitter(emitter -> emitter.complete(null)).await().indefinitely();
    }

    private final PriorityQueue<Happening> queue = new PriorityQueue<>();
    private final Instant start;
    private long micros;
    private long count;

    VirtualTime(Instant start) {
        this.start = start;
    }

    private record Happening(long atMicros, long number, Runnable what) implements Comparable<Happening> {
        @Override
        public int compareTo(Happening other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    Instant now() {
        return start.plusNanos(micros * 1_000);
    }

    long micros() {
        return micros;
    }

    void after(Duration wait, Runnable what) {
        queue.add(new Happening(micros + Math.max(0, wait.toNanos() / 1_000), count++, what));
    }

    /** Does the work after {@code wait}; goes on with it only if whoever waits is still there. */
    <T> Uni<T> later(Duration wait, BooleanSupplier there, Callable<T> work) {
        return Uni.createFrom().emitter(emitter -> after(wait, () -> {
            try {
                T item = work.call();
                if (there.getAsBoolean()) {
                    emitter.complete(item);
                }
            } catch (Exception failure) {
                if (there.getAsBoolean()) {
                    emitter.fail(failure);
                }
            }
        }));
    }

    /** Runs all that happens in the next {@code length}. */
    void run(Duration length) {
        long until = micros + length.toNanos() / 1_000;
        while (!queue.isEmpty() && queue.peek().atMicros() <= until) {
            Happening next = queue.poll();
            micros = next.atMicros();
            next.what().run();
        }
        micros = until;
    }

    static long seconds(long micros) {
        return micros / MICROS;
    }
}
