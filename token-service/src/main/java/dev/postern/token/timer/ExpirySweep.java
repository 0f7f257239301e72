// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.timer;

import dev.postern.token.AccessRequest;
import dev.postern.token.Limits;
import dev.postern.token.LogKeys;
import dev.postern.token.postgres.AccessRequestStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Ends grants when their time is over. Sleeps until the next one ends, and at most {@code postern.expiry.look-every}: within that, every replica sees
 * what others granted. All replicas may sweep at once; each takes rows that no other has in hand. A late sweep opens nothing: what asks whether a
 * grant holds goes by its end, not by the sweep.
 */
@ApplicationScoped
public class ExpirySweep {
    private static final Logger LOG = Logger.getLogger(ExpirySweep.class);
    private static final long DELAY_MIN_MS = 1;
    private static final long RETRY_MS = 1_000;

    private final Vertx vertx;
    private final AccessRequestStore store;
    private final Duration lookEvery;
    private final Timer lag;
    private boolean stopping;
    private boolean sweeping;
    private long timer = -1;
    private Instant next = Instant.MAX;

    ExpirySweep(Vertx vertx, AccessRequestStore store, MeterRegistry metrics, @ConfigProperty(name = "postern.expiry.look-every") Duration lookEvery) {
        this.vertx = vertx;
        this.store = store;
        this.lookEvery = lookEvery;
        this.lag = Timer.builder("postern_expiry_lag_seconds").description("From the end of a grant to its expiry").publishPercentileHistogram()
            .register(metrics);
    }

    void onStart(@Observes StartupEvent start) {
        wakeAt(Instant.now());
    }

    synchronized void onStop(@Observes ShutdownEvent stop) {
        stopping = true;
        vertx.cancelTimer(timer);
    }

    /** A grant ends at that moment; does not wait for it. */
    public void before(Instant end) {
        wakeAt(end);
    }

    private synchronized void wakeAt(Instant moment) {
        if (stopping || !moment.isBefore(next)) {
            return;
        }
        next = moment;
        if (!sweeping) {
            arm();
        }
    }

    private void arm() {
        vertx.cancelTimer(timer);
        long delayMs = Math.min(lookEvery.toMillis(), Duration.between(Instant.now(), next).toMillis() + DELAY_MIN_MS);
        timer = vertx.setTimer(Math.max(DELAY_MIN_MS, delayMs), fired -> sweep());
    }

    private void sweep() {
        synchronized (this) {
            if (stopping || sweeping) {
                return;
            }
            sweeping = true;
            next = Instant.MAX;
        }
        // Hibernate Reactive needs a context of its own.
        Context own = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(ignored -> expireAll().chain(store::nextExpiry).subscribe().with(this::rest, failure -> {
            LOG.warnf("Expiry sweep failed; retrying %s%s %s%d", LogKeys.REASON, failure, LogKeys.RETRY_MS, RETRY_MS);
            rest(Optional.of(Instant.now().plusMillis(RETRY_MS)));
        }));
    }

    private Uni<Void> expireAll() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return store.expire(now).chain(ended -> {
            measure(ended, now);
            return ended.size() < Limits.EXPIRIES_PER_TRANSACTION_MAX ? Uni.createFrom().voidItem() : expireAll();
        });
    }

    private void measure(List<AccessRequest> ended, Instant now) {
        for (AccessRequest request : ended) {
            request.decision().flatMap(decision -> decision.validUntil()).ifPresent(end -> lag.record(Duration.between(end, now)));
        }
        if (!ended.isEmpty()) {
            LOG.debugf("Expiry sweep ended grants %s%d", LogKeys.COUNT, ended.size());
        }
    }

    private synchronized void rest(Optional<Instant> nextExpiry) {
        sweeping = false;
        Instant latest = Instant.now().plus(lookEvery);
        Instant soonest = nextExpiry.filter(end -> end.isBefore(latest)).orElse(latest);
        next = soonest.isBefore(next) ? soonest : next;
        if (!stopping) {
            arm();
        }
    }
}
