// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread pool for Cedar, off the event loop; results return on the Vert.x context of the session.
 * The threads have a large stack, since Cedar's parser recurses in native code, where an overflow ends the process. Only the used part takes memory.
 */
@ApplicationScoped
public class CedarThreads {
    private static final long STACK_BYTES = 64L * 1024 * 1024;

    /** Minimum number of threads: one requester's large requests leave some to others. */
    private static final int THREADS_MIN = 4;
    /** Maximum number of policy checks that wait for a thread. */
    private static final int CHECKS_WAITING_MAX = 16;

    private final AtomicInteger count = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(Math.max(THREADS_MIN, Runtime.getRuntime().availableProcessors()), this::thread);
    private final ExecutorService checks = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CHECKS_WAITING_MAX), this::thread);

    private Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "postern-cedar-" + count.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs work, and comes back to the Vert.x context of who subscribes. */
    public <T> Uni<T> run(Callable<T> work) {
        return on(threads, work);
    }

    /** Runs the check of a policy on a thread of its own: one at a time, beside decisions. Fails where too many wait. */
    public <T> Uni<T> check(Callable<T> work) {
        return on(checks, work);
    }

    private static <T> Uni<T> on(ExecutorService threads, Callable<T> work) {
        return Uni.createFrom().emitter(emitter -> {
            Context here = Vertx.currentContext();
            threads.execute(() -> {
                T result;
                try {
                    result = work.call();
                } catch (Throwable failure) {
                    // Errors, too (a native library that does not load): the caller that waits must learn of it.
                    back(here, () -> emitter.fail(failure));
                    return;
                }
                back(here, () -> emitter.complete(result));
            });
        });
    }

    /** Runs work for a caller that waits. */
    public <T> Future<T> submit(Callable<T> work) {
        return threads.submit(work);
    }

    private static void back(Context here, Runnable continuation) {
        if (here == null) {
            continuation.run();
        } else {
            here.runOnContext(ignored -> continuation.run());
        }
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
        checks.shutdownNow();
    }
}
