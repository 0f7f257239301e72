// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same call by many threads that start together. */
final class AtOnce<T> implements AutoCloseable {
    private final int threads;
    private final ExecutorService executor;

    AtOnce(int threads) {
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads);
    }

    List<T> run(Callable<T> call) throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<T>> calls = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            calls.add(executor.submit(() -> {
                start.await();
                return call.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : calls) {
            results.add(one.get());
        }
        return results;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
