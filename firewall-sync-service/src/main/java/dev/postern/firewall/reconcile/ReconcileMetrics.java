// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.DriftWatch;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.Opening;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.cloud.CloudFirewall;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and times openings and runs. No address, person or service name is in a label. */
@Startup
@ApplicationScoped
public class ReconcileMetrics {
    private final MeterRegistry registry;
    private final Timer opened;
    private final Timer closed;
    private final AtomicLong overdue = new AtomicLong();
    private final DriftWatch drift = new DriftWatch();
    private final Map<ServiceName, ServiceName> held = new ConcurrentHashMap<>();

    @Inject
    ReconcileMetrics(MeterRegistry registry, AccountClients clouds) {
        this(registry, clouds.all());
    }

    ReconcileMetrics(MeterRegistry registry, Map<AccountName, CloudFirewall> clouds) {
        this.registry = registry;
        this.opened = Timer.builder("postern_openings_opened_seconds").description("From the grant to the provider showing it")
            .publishPercentiles(0.5, 0.99).register(registry);
        this.closed = Timer.builder("postern_openings_closed_seconds").description("From the end to the provider no longer showing it")
            .publishPercentiles(0.5, 0.99).register(registry);
        Gauge.builder("postern_closings_overdue", overdue, AtomicLong::get)
            .description("Openings that are over for longer than postern.reconcile.overdue-after and that the provider may still show").register(registry);
        Gauge.builder("postern_removals_refused", held, Map::size)
            .description("Services that let somebody in of whom no grant is known, too many to be taken out without a reason").register(registry);
        Gauge.builder("postern_drift_standing", drift, watch -> watch.standing(Instant.now()))
            .description("Services whose objects show others' changes at every read for three minutes").register(registry);
        clouds.forEach((account, cloud) -> Gauge.builder("postern_provider_calls_left", cloud, left -> left.budget().remaining().orElse(-1))
            .description("Calls left in the provider's budget, as it said last; -1 if it has not").tag("account", account.toString())
            // Nobody else holds these; a gauge of its own accord holds its object weakly, and would show NaN.
            .strongReference(true).register(registry));
        registerAtZero();
    }

    /** The {@code increase()} of a series that begins with its first event is 0: the first failure would raise no alert. */
    private void registerAtZero() {
        for (OpeningState state : OpeningState.values()) {
            registry.counter("postern_openings_changed_total", "outcome", state.name().toLowerCase(Locale.ROOT));
        }
        registry.counter("postern_overdue_told_total");
        registry.counter("postern_drift_found_total");
        registry.counter("postern_drift_set_back_total");
    }

    /** Counts published changes. */
    public void told(Collection<OpeningChange> changes) {
        for (OpeningChange change : changes) {
            registry.counter("postern_openings_changed_total", "outcome", change.state().name().toLowerCase(Locale.ROOT)).increment();
        }
    }

    void settled(Map<Opening, Opening> changed, FirewallNews news, Instant shownAt) {
        told(news.changes());
        registry.counter("postern_drift_set_back_total").increment(news.drift().size());
        changed.forEach((before, after) -> {
            if (after.state() == OpeningState.OPEN) {
                opened.record(nonNegative(Duration.between(after.granted().grantedAt(), shownAt)));
            } else if (after.state() == OpeningState.CLOSED) {
                Instant ended = before.state() == OpeningState.CLOSING ? before.since() : before.granted().validUntil();
                closed.record(nonNegative(Duration.between(ended, shownAt)));
            }
        });
    }

    /** Counts closings published as overdue. */
    public void overdueTold(int count) {
        registry.counter("postern_overdue_told_total").increment(count);
    }

    /** Sets the number of overdue closings. */
    public void overdue(long count) {
        overdue.set(count);
    }

    void drift(int lines) {
        registry.counter("postern_drift_found_total").increment(lines);
    }

    /** Records a read of the service's objects. @param drifted true if others had changed them */
    void read(ServiceName service, boolean drifted, Instant now) {
        drift.read(service, drifted, now);
    }

    void ran(ServiceName service, RunOutcome outcome) {
        boolean heldNow = outcome instanceof RunOutcome.Held;
        if (heldNow || outcome instanceof RunOutcome.Settled) {
            held.compute(service, (name, before) -> heldNow ? service : null);
        }
        registry.counter("postern_activations_ended_total", "outcome", outcome.word()).increment();
    }

    private static Duration nonNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
