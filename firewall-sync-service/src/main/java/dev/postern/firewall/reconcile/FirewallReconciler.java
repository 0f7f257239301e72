package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Backoff;
import dev.postern.firewall.cloud.CloudFailure;
import dev.postern.firewall.cloud.Clouds;
import dev.postern.firewall.postgres.Ownership;
import dev.postern.firewall.postgres.ReconciliationStore;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Brings providers to show what grants need. It takes no input but that there may be work: an activation reads everything again. One activation per
 * service at a time, in all processes; pokes during one are gathered into the next; what fails or is pending comes back with backoff.
 */
@ApplicationScoped
public class FirewallReconciler {
    private static final Logger LOG = Logger.getLogger(FirewallReconciler.class);

    private final Vertx vertx;
    private final Ownership ownership;
    private final ReconciliationStore store;
    private final Parts parts;
    private final Map<ServiceName, Lane> lanes = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    FirewallReconciler(Vertx vertx, Ownership ownership, ReconciliationStore store, Clouds clouds, FailPoint failPoint, ReconcileMetrics metrics,
                       ReconcileSettings settings) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.store = store;
        this.parts = new Parts(ownership, store, clouds, failPoint, metrics, settings.holdOpeningMax(), settings.holdClosingMax());
    }

    void onStart(@Observes @Priority(3) StartupEvent start) {
        ownership.listen(service -> lane(service).poke(false), this::pokeAll);
    }

    /** There is work for these services, wherever they are owned. Called after the commit that made the work. */
    public void poke(Collection<ServiceName> services) {
        services.forEach(service -> lane(service).poke(true));
    }

    /** There may be work for these services, if this process owns them or nobody does. */
    public void look(Collection<ServiceName> services) {
        services.forEach(service -> lane(service).poke(false));
    }

    /** Compares every service with its provider. */
    public void pokeAll() {
        store.all().subscribe().with(this::look, failure -> LOG.debug("Services could not be listed", failure));
    }

    @PreDestroy
    void stop() {
        stopping = true;
    }

    private Lane lane(ServiceName service) {
        return lanes.computeIfAbsent(service, Lane::new);
    }

    /** The activations of one service in this process: one after the other. */
    private final class Lane {
        private final ServiceName service;
        private boolean running;
        private boolean again;
        private boolean tellOwner;
        private boolean waiting;
        private int pendings;
        private int failures;
        private long pendingSinceNanos;
        private Map<AccountName, List<String>> expected = Map.of();

        Lane(ServiceName service) {
            this.service = service;
        }

        /** @param elsewhere whether another owner has to hear of it */
        void poke(boolean elsewhere) {
            synchronized (this) {
                tellOwner |= elsewhere;
                if (running) {
                    again = true;
                    return;
                }
                if (waiting || stopping) {
                    return; // the activation that waits will read what is new
                }
                running = true;
            }
            start();
        }

        private void start() {
            Duration pendingFor;
            Map<AccountName, List<String>> expectedNow;
            synchronized (this) {
                again = false;
                expectedNow = expected;
                pendingFor = pendings == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - pendingSinceNanos);
            }
            Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
            VertxContextSafetyToggle.setContextSafe(context, true);
            Executor here = work -> {
                if (Vertx.currentContext() == context) {
                    work.run();
                } else {
                    context.runOnContext(later -> work.run());
                }
            };
            Activation activation = new Activation(service, parts, here, pendingFor, Instant.now(), expectedNow);
            context.runOnContext(ignored -> activation.run().subscribe().with(outcome -> ended(activation, outcome),
                failure -> ended(activation, outcome(failure))));
        }

        private RunOutcome outcome(Throwable failure) {
            if (failure instanceof CloudFailure cloud) {
                return new RunOutcome.Failed(Optional.of(cloud.kind()), cloud.getMessage(), cloud.retryAfter());
            }
            if (failure instanceof ReconciliationStore.OwnershipLost) {
                return new RunOutcome.NotOwner();
            }
            LOG.warn("An activation failed: " + Log.SERVICE + service, failure);
            return new RunOutcome.Failed(Optional.empty(), "an activation failed: " + failure.getClass().getSimpleName(), Optional.empty());
        }

        private void ended(Activation activation, RunOutcome outcome) {
            parts.metrics().ran(outcome);
            if (outcome instanceof RunOutcome.NotOwner) {
                notOwner();
                return;
            }
            say(activation, outcome);
            Duration wait = null;
            boolean more;
            synchronized (this) {
                tellOwner = false;
                expected = activation.expectedNext();
                if (outcome instanceof RunOutcome.Settled) {
                    pendings = 0;
                    failures = 0;
                } else if (outcome instanceof RunOutcome.Failed failed) {
                    double chance = ThreadLocalRandom.current().nextDouble();
                    wait = failed.standing() ? Backoff.standing(failures, chance) : Backoff.failed(failures, chance);
                    Duration asked = failed.retryAfter().orElse(Duration.ZERO);
                    wait = asked.compareTo(wait) > 0 ? asked : wait;
                    failures++;
                } else {
                    if (pendings == 0) {
                        pendingSinceNanos = System.nanoTime();
                    }
                    wait = Backoff.pending(pendings++);
                    failures = 0;
                }
                more = wait == null && again && !stopping;
                running = more;
                waiting = wait != null;
            }
            if (more) {
                start();
            } else if (wait != null) {
                vertx.setTimer(Math.max(1, wait.toMillis()), timer -> wake());
            }
        }

        private void wake() {
            synchronized (this) {
                waiting = false;
                if (running || stopping) {
                    return;
                }
                running = true;
            }
            start();
        }

        private void notOwner() {
            boolean tell;
            synchronized (this) {
                running = false;
                again = false;
                pendings = 0;
                failures = 0;
                tell = tellOwner;
                tellOwner = false;
            }
            if (tell) {
                ownership.pokeOwner(service).subscribe().with(told -> { }, failure -> LOG.debug("The owner could not be poked", failure));
            }
        }

        private void say(Activation activation, RunOutcome outcome) {
            if (outcome instanceof RunOutcome.Failed) {
                LOG.warn("A service is not reconciled: " + Log.SERVICE + service + Log.OUTCOME + outcome.word() + Log.DETAIL + outcome.detail().orElse(""));
            }
            if (activation.said()) {
                return;
            }
            store.say(service, Instant.now(), outcome.word(), outcome.detail().orElse(null), activation.budget())
                .subscribe().with(said -> { }, failure -> LOG.debug("The outcome could not be written down", failure));
        }
    }
}
