// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.token.RequestAccess.Answer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** Counts HTTP requests. No person, id or token is in a label. */
@Singleton
class RequestMetrics {
    private final MeterRegistry registry;
    private final Counter active;
    private final Counter inactive;

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.active = registry.counter("postern_token_introspected_total", "outcome", "active");
        this.inactive = registry.counter("postern_token_introspected_total", "outcome", "inactive");
    }

    /** Counts an access request. */
    void requested(Answer answer) {
        registry.counter("postern_access_requested_total", "outcome", outcomeOf(answer)).increment();
    }

    /** Counts a fetch of a token. */
    void collected(boolean issued) {
        registry.counter("postern_token_collected_total", "outcome", issued ? "issued" : "refused").increment();
    }

    /** Counts an introspection. */
    void introspected(boolean isActive) {
        (isActive ? active : inactive).increment();
    }

    /** Counts a revocation, also of an unknown token. */
    void revoked(boolean known) {
        registry.counter("postern_token_revoked_total", "outcome", known ? "revoked" : "unknown").increment();
    }

    private static String outcomeOf(Answer answer) {
        if (answer instanceof Answer.Accepted) {
            return "accepted";
        }
        if (answer instanceof Answer.AlreadyExists) {
            return "exists";
        }
        if (answer instanceof Answer.TooManyPending) {
            return "too_many";
        }
        return "refused";
    }
}
