// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** {@code postern_gateway_calls_total{outcome}}. */
final class CallOutcomes {
    /** The outcome of a call. */
    enum Outcome {
        /** Went to the provider, and its answer to the client. */
        PASSED,
        /** The token does not cover it, or a limit of the grant is used up. */
        REFUSED,
        /** The guard refused it before its token was looked at. */
        MALFORMED,
        /** No token that lives. */
        UNAUTHORIZED,
        /** The account's budget is used up. */
        OVER_BUDGET,
        /** A dependency of the gateway is unavailable: 503. */
        UNAVAILABLE,
        /** The provider did not answer as it must: 502, 504. */
        PROVIDER_FAILED
    }

    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    CallOutcomes(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            counters.put(outcome, Counter.builder("postern.gateway.calls").tag("outcome", outcome.name().toLowerCase(Locale.ROOT)).register(registry));
        }
    }

    void count(Outcome outcome) {
        counters.get(outcome).increment();
    }
}
