// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long the event loops of a Vert.x instance are held: a heartbeat runs on each loop every millisecond, and the CPU time that the loop's thread
 * spends between two heartbeats is how long a timer or another connection had to wait for computation. CPU time leaves out pauses for garbage collection, the
 * compiler's own threads, and other processes of the machine. Code that runs for the first time is interpreted: call {@link #reset} after a warm-up.
 *
 * <p>While a loop is held for longer than 25 ms, its stack is sampled, and the report shows the sample of the longest hold.
 */
public final class EventLoopWatch implements AutoCloseable {
    /** The longest hold that any request may cause. */
    public static final Duration HELD_MAX = Duration.ofMillis(50);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long SAMPLE_AFTER_NANOS = 25_000_000;
    private static final long SAMPLE_EVERY_MS = 5;
    private static final int FRAMES_SHOWN = 25;

    private final List<Loop> loops = new ArrayList<>();
    private final Thread sampler = new Thread(this::sample, "event-loop-watch");
    private volatile boolean closed;

    private EventLoopWatch() {}

    /** Starts to measure all event loops of the instance. */
    public static EventLoopWatch of(Vertx vertx) {
        EventLoopWatch watch = new EventLoopWatch();
        for (EventExecutor executor : ((VertxInternal) vertx).getEventLoopGroup()) {
            Loop loop = new Loop();
            loop.heartbeats = executor.scheduleAtFixedRate(loop::beat, 0, 1, TimeUnit.MILLISECONDS);
            watch.loops.add(loop);
        }
        watch.sampler.setDaemon(true);
        watch.sampler.start();
        return watch;
    }

    /** Forgets what was measured until now. */
    public void reset() {
        loops.forEach(Loop::reset);
    }

    /** Returns the longest hold since the start or the last reset. */
    public Duration longest() {
        return Duration.ofNanos(loops.stream().mapToLong(loop -> loop.longestNanos).max().orElse(0));
    }

    /** Returns one line for a build's log, and the sampled stack if the limit was exceeded. */
    public String report() {
        Loop worst = loops.stream().max((one, two) -> Long.compare(one.longestNanos, two.longestNanos)).orElseThrow();
        StringBuilder report = new StringBuilder("longest hold of an event loop: ").append(longest().toNanos() / 10_000 / 100.0).append(" ms CPU");
        if (longest().compareTo(HELD_MAX) > 0 && worst.longestStack != null) {
            for (int at = 0; at < Math.min(FRAMES_SHOWN, worst.longestStack.length); at++) {
                report.append("\n    at ").append(worst.longestStack[at]);
            }
        }
        return report.toString();
    }

    /** Prints the report and fails if a loop was held for longer than {@link #HELD_MAX}. */
    public void check(String what) {
        System.out.println(what + ": " + report());
        if (longest().compareTo(HELD_MAX) > 0) {
            throw new AssertionError(what + ": " + report());
        }
    }

    @Override
    public void close() {
        closed = true;
        loops.forEach(loop -> loop.heartbeats.cancel(false));
    }

    private void sample() {
        while (!closed) {
            loops.forEach(Loop::sample);
            try {
                TimeUnit.MILLISECONDS.sleep(SAMPLE_EVERY_MS);
            } catch (InterruptedException ended) {
                return;
            }
        }
    }

    /** One event loop. The heartbeat writes; the sampler reads the time of the last heartbeat. */
    private static final class Loop {
        private Future<?> heartbeats;
        private volatile Thread thread;
        private volatile long beatNanos;
        private volatile long longestNanos;
        private volatile StackTraceElement[] longestStack;
        private volatile StackTraceElement[] sampled;
        private long cpuNanos = -1;

        private void beat() {
            long cpu = THREADS.getCurrentThreadCpuTime();
            if (thread == null) {
                thread = Thread.currentThread();
            } else if (cpuNanos >= 0 && cpu - cpuNanos > longestNanos) {
                longestNanos = cpu - cpuNanos;
                longestStack = sampled;
            }
            sampled = null;
            cpuNanos = cpu;
            beatNanos = System.nanoTime();
        }

        private void sample() {
            Thread held = thread;
            if (held != null && sampled == null && System.nanoTime() - beatNanos > SAMPLE_AFTER_NANOS) {
                sampled = held.getStackTrace();
            }
        }

        private void reset() {
            longestNanos = 0;
            longestStack = null;
        }
    }
}
