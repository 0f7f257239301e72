// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jboss.logging.Logger;

/**
 * Repeats a call that a service refuses with 503 and Retry-After: a dependency was unavailable for a moment, and nothing was accepted. Every client has to
 * do so, tests and demos too. Any other response is returned at once, also 503 without Retry-After.
 *
 * @param <T> a response of the HTTP client in use
 */
public final class UnavailableRetry<T> {
    private static final Logger LOG = Logger.getLogger(UnavailableRetry.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int UNAVAILABLE = 503;
    private static final long WAIT_SECONDS_MAX = 5;

    private final ToIntFunction<T> status;
    private final Function<T, Optional<String>> retryAfter;
    private final Function<T, String> body;
    private final Duration limit;

    private UnavailableRetry(ToIntFunction<T> status, Function<T, Optional<String>> retryAfter, Function<T, String> body, Duration limit) {
        this.status = status;
        this.retryAfter = retryAfter;
        this.body = body;
        this.limit = limit;
    }

    /** A retry of at most 60 s. @param retryAfter reads the header Retry-After */
    public static <T> UnavailableRetry<T> of(ToIntFunction<T> status, Function<T, Optional<String>> retryAfter, Function<T, String> body) {
        return new UnavailableRetry<>(status, retryAfter, body, LIMIT);
    }

    UnavailableRetry<T> within(Duration other) {
        return new UnavailableRetry<>(status, retryAfter, body, other);
    }

    /** Returns the first response that does not ask for another try. @throws PartFailed after 60 s, with the body of the last refusal */
    public T call(Supplier<T> call) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            T response = call.get();
            Optional<String> wait = status.applyAsInt(response) == UNAVAILABLE ? retryAfter.apply(response) : Optional.empty();
            if (wait.isEmpty()) {
                return response;
            }
            if (System.nanoTime() > end) {
                throw new PartFailed("Unavailable for " + limit.toSeconds() + " s: " + body.apply(response));
            }
            LOG.infof("Call refused with 503; trying again body=%s", body.apply(response));
            pause(wait.get());
        }
    }

    private static void pause(String seconds) {
        try {
            Thread.sleep(Duration.ofSeconds(Math.min(WAIT_SECONDS_MAX, Long.parseLong(seconds))).toMillis());
        } catch (InterruptedException e) {
            throw PartFailed.because("Interrupted before another try", e);
        }
    }
}
