// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/**
 * Work that is done in batches, one batch at a time: what comes while one is under way gathers for the next. So N callers at once cost a handful of
 * transactions, and a caller alone waits for nobody.
 */
public final class Batches<T, R> {
    private final int waitingMax;
    private final int batchMax;
    private final Function<List<T>, Future<List<R>>> run;
    private final Deque<Item<T, R>> waiting = new ArrayDeque<>();
    private boolean busy;

    /** More wait than may. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1;

        Full() {
            super("too many wait", null, false, false);
        }
    }

    private record Item<T, R>(T what, Promise<R> done) {}

    /** @param run does a batch, and answers for each of it, in order */
    public Batches(int waitingMax, int batchMax, Function<List<T>, Future<List<R>>> run) {
        this.waitingMax = waitingMax;
        this.batchMax = batchMax;
        this.run = run;
    }

    /** @return fails with {@link Full} if too many wait */
    public Future<R> add(T what) {
        synchronized (this) {
            if (waiting.size() >= waitingMax) {
                return Future.failedFuture(new Full());
            }
        }
        return addAlways(what);
    }

    /** Adds an item without the queue limit, for items that are bounded elsewhere. */
    Future<R> addAlways(T what) {
        Promise<R> done = Promise.promise();
        synchronized (this) {
            waiting.add(new Item<>(what, done));
            if (busy) {
                return done.future();
            }
            busy = true;
        }
        next();
        return done.future();
    }

    synchronized boolean idle() {
        return !busy;
    }

    private void next() {
        List<Item<T, R>> batch = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && batch.size() < batchMax) {
                batch.add(waiting.poll());
            }
            if (batch.isEmpty()) {
                busy = false;
                return;
            }
        }
        Future<List<R>> work;
        try {
            work = run.apply(batch.stream().map(Item::what).toList());
        } catch (RuntimeException failure) {
            work = Future.failedFuture(failure);
        }
        work.onComplete(result -> {
            next();
            for (int i = 0; i < batch.size(); i++) {
                if (result.succeeded()) {
                    batch.get(i).done().complete(result.result().get(i));
                } else {
                    batch.get(i).done().fail(result.cause());
                }
            }
        });
    }
}
