// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.TokenId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the checks of bodies that may take more than a millisecond on worker threads, away from the event loops. What waits is bounded, for each token and for
 * all together; see docs/adr/0019. Safe for any thread.
 */
final class BodyChecks {
    /** Bytes of a body that is checked on the event loop, where no entry of the grant has a {@code body_schema}. */
    static final int SMALL_BYTES_MAX = 16_384;
    /** Checks of one token that wait or run. */
    static final int PER_TOKEN_MAX = 16;
    /** Checks of all tokens that wait or run. */
    static final int ALL_MAX = 256;
    private static final long WAIT_SECONDS_MAX = 3;

    private final WorkerExecutor workers;
    private final ConcurrentMap<TokenId, Integer> byToken = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    BodyChecks(Vertx vertx) {
        this.workers = vertx.createSharedWorkerExecutor("gateway-body-checks", Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /** No room for another check, or it waited too long. */
    static final class Busy extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Busy() {
            super("busy", null, false, false);
        }
    }

    /** The result of a check. Fails with {@link Busy}, or as the check does. */
    <T> Future<T> run(TokenId token, Callable<T> check) {
        if (all.incrementAndGet() > ALL_MAX) {
            all.decrementAndGet();
            return Future.failedFuture(new Busy());
        }
        if (byToken.merge(token, 1, Integer::sum) > PER_TOKEN_MAX) {
            done(token);
            return Future.failedFuture(new Busy());
        }
        long begun = System.nanoTime();
        return workers.executeBlocking(() -> {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX)) {
                throw new Busy();
            }
            return check.call();
        }, false).onComplete(end -> done(token));
    }

    private void done(TokenId token) {
        all.decrementAndGet();
        byToken.computeIfPresent(token, (same, running) -> running == 1 ? null : running - 1);
    }
}
