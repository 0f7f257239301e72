// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;

/**
 * Runs computations whose cost grows with what a client or the provider sent. Small ones run where they are asked for; large ones run on worker threads of the
 * gateway's own, as many as there are processors, so that no event loop is held for longer than some milliseconds. What waits for a thread holds
 * {@link BodyMemory}, which bounds the queue.
 */
public final class OffLoop {
    /** The largest body or answer, in bytes, that is read on the event loop itself. */
    static final int ON_LOOP_BYTES_MAX = 16_384;

    private final WorkerExecutor workers;

    /** All event loops of a process share the threads. */
    public OffLoop(Vertx vertx) {
        this.workers = vertx.createSharedWorkerExecutor("postern-gateway-bodies", Runtime.getRuntime().availableProcessors());
    }

    /** Computes on so many bytes; complete at once if they are few. What is thrown fails the future. */
    public <T> Future<T> run(int bytes, Callable<T> work) {
        if (bytes > ON_LOOP_BYTES_MAX) {
            return away(work);
        }
        try {
            return Future.succeededFuture(work.call());
        } catch (Exception failure) {
            return Future.failedFuture(failure);
        }
    }

    /** Computes on a worker thread; completes on the caller's context. */
    public <T> Future<T> away(Callable<T> work) {
        return workers.executeBlocking(work, false);
    }
}
