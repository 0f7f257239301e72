// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import dev.postern.events.AccessDecided;
import dev.postern.policy.AccessDecision;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/** Metrics of decisions. Labels name rules and outcomes, never a person, a resource or a policy. */
@Startup
@ApplicationScoped
public class DecisionMetrics {
    private static final String DECIDED = "postern_decisions_decided";
    private static final String LEFT_OUT = "postern_entries_left_out";
    private static final String FAILED = "postern_policies_failed";
    private static final String EVALUATED = "postern_decisions_evaluated";

    private final MeterRegistry registry;
    private final Timer evaluated;

    DecisionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.evaluated = Timer.builder(EVALUATED).description("Time that Cedar takes for one request").publishPercentileHistogram(false)
            .publishPercentiles(0.5, 0.99).register(registry);
        registry.counter(FAILED);
        for (AccessDecided.Decision outcome : AccessDecided.Decision.values()) {
            registry.counter(DECIDED, "outcome", outcome.name().toLowerCase(Locale.ROOT));
        }
    }

    void decided(AccessDecision decision, Duration evaluation) {
        evaluated.record(evaluation);
        registry.counter(DECIDED, "outcome", decision.decided().outcome().name().toLowerCase(Locale.ROOT)).increment();
        decision.decided().leftOut().forEach(entry -> registry.counter(LEFT_OUT, "rule", entry.rule()).increment());
        registry.counter(FAILED).increment(decision.faults().size());
    }
}
