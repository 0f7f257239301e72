// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.port.CallLimits;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Step 5: the call is within {@code max_calls} and {@code max_calls_per_minute} of the entries that carry it. 403, 429; 503 if nobody can count. */
record TakeLimits(CallLimits limits) {
    /** Counts the call and returns it. */
    Future<AllowedCall> take(GatewayCall call, AllowedCall allowed) {
        if (allowed.counted().isEmpty()) {
            return Future.succeededFuture(allowed);
        }
        return call.onLoop(limits.take(call.grant(), allowed.counted())).compose(taken -> taken instanceof CallLimits.Taken
            ? Future.succeededFuture(allowed) : Future.failedFuture(refusal(taken, allowed)));
    }

    private static CallRefusal refusal(CallLimits.Answer no, AllowedCall allowed) {
        if (!(no instanceof CallLimits.UsedUp usedUp)) {
            return CallRefusal.unavailable("Postern cannot count calls at the moment.");
        }
        if (usedUp.forGood()) {
            return CallRefusal.forbidden(ProblemDocuments.MAX_CALLS, "The calls that the token allows are used up.", allowed.verdict().resources(),
                Optional.empty(), Optional.empty());
        }
        long seconds = Math.max(1, Duration.between(Instant.now(), usedUp.retryAt()).toSeconds() + 1);
        return CallRefusal.of(429, "max-calls-per-minute", "The calls that the token allows in a minute are used up.", allowed.verdict().resources(),
            Map.of("retry-after", Long.toString(seconds)));
    }
}
