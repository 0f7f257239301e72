// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CoalescedReads;
import dev.postern.firewall.plan.ObjectNames;
import dev.postern.firewall.postgres.Ownership;
import dev.postern.firewall.postgres.ReconcileStore;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reconciliation loop: makes each provider's firewalls match the active grants. A trigger carries no data; each run reads desired and observed state
 * again. One run per service at a time, across all processes. Triggers during a run are coalesced into the next; a failed or pending service is retried
 * with backoff.
 */
@ApplicationScoped
public class FirewallReconciler {
    private static final Logger LOG = Logger.getLogger(FirewallReconciler.class);

    /** Ends that are further away are awaited by a later activation: every service has one a minute. */
    private static final Duration END_AWAITED_MAX = Duration.ofMinutes(5);

    private final Vertx vertx;
    private final Ownership ownership;
    private final ReconciliationStore store;
    private final RunConditions conditions;
    private final AccountClients clouds;
    private final RunCollaborators parts;
    private final Map<ServiceName, ServiceLoop> lanes = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    FirewallReconciler(Vertx vertx, Ownership ownership, ReconciliationStore store, RunConditions conditions, AccountClients clouds,
                       FailPoint failPoint, ReconcileMetrics metrics, ReconcileSettings settings,
                       @ConfigProperty(name = "postern.installation") Optional<String> installation) {
        this.vertx = vertx;
        this.ownership = ownership;
        this.store = store;
        this.conditions = conditions;
        this.clouds = clouds;
        this.parts = new RunCollaborators(ownership, store, desk(clouds), failPoint, metrics,
            Instant::now, new ObjectNames(installation),
            new LimitRemovals(settings.removalShareMax(), settings.removalsFreely()), settings.holdOpeningMax(), settings.holdClosingMax(),
            new ConcurrentHashMap<>());
    }

    private CallPriority.ProviderClients desk(AccountClients all) {
        Map<AccountName, CoalescedReads> looks = new ConcurrentHashMap<>();
        return new CallPriority.ProviderClients() {
            @Override
            public Optional<CloudFirewall> firewalls(AccountName account, CallPriority errand) {
                return all.firewalls(account, errand.service(), errand.urgency());
            }

            @Override
            public Optional<CoalescedReads> looks(AccountName account) {
                return Optional
                    .of(looks.computeIfAbsent(account, none -> new CoalescedReads((wait, look) -> vertx.setTimer(wait.toMillis(), timer -> look.run()))));
            }
        };
    }

    void onStart(@Observes @Priority(3) StartupEvent start) {
        clouds.onRecovery(account -> lanes.values().stream().filter(each -> account.equals(each.account)).forEach(ServiceLoop::recovered));
        clouds.onTurn(service -> lane(service).turnCame());
        ownership.listen(service -> lane(service).poke(false, true), this::pokeAll);
    }

    /** There is work for these services, wherever they are owned. Called after the commit that made the work. */
    public void poke(Collection<ServiceName> services) {
        services.forEach(service -> lane(service).poke(true, true));
    }

    /** Triggers runs of these services, if this process owns them or no process does. */
    public void look(Collection<ServiceName> services) {
        services.forEach(service -> lane(service).poke(false, false));
    }

    /** Compares every service with its provider. */
    public void pokeAll() {
        store.all().subscribe().with(this::look, failure -> LOG.debug("Service list failed; retrying at the next sweep", failure));
    }

    @PreDestroy
    void stop() {
        stopping = true;
    }

    private ServiceLoop lane(ServiceName service) {
        return lanes.computeIfAbsent(service, ServiceLoop::new);
    }

    /** The activations of one service in this process: one after the other. */
    private final class ServiceLoop {
        private final ServiceName service;
        private final RunSchedule turns = new RunSchedule();
        private final OutcomeLog log = new OutcomeLog();
        private volatile AccountName account;
        private final AtomicReference<Instant> endAwaited = new AtomicReference<>(Instant.EPOCH);

        ServiceLoop(ServiceName service) {
            this.service = service;
        }

        /** Delegates to {@link RunSchedule#poke}. */
        void poke(boolean elsewhere, boolean news) {
            if (!stopping) {
                turns.poke(elsewhere, news, Instant.now()).ifPresent(this::startIn);
            }
        }

        void recovered() {
            if (!stopping) {
                turns.recovered(Instant.now()).ifPresent(this::startIn);
            }
        }

        void turnCame() {
            if (!stopping) {
                turns.turnCame(Instant.now()).ifPresent(this::startIn);
            }
        }

        private void startIn(Duration wait) {
            if (wait.isZero()) {
                start();
            } else {
                vertx.setTimer(Math.max(1, wait.toMillis()), timer -> wake());
            }
        }

        private void wake() {
            if (turns.wake(Instant.now()) && !stopping) {
                start();
            }
        }

        private void start() {
            Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
            VertxContextSafetyToggle.setContextSafe(context, true);
            Executor here = work -> {
                if (Vertx.currentContext() == context) {
                    work.run();
                } else {
                    context.runOnContext(later -> work.run());
                }
            };
            ReconcileRun activation = new ReconcileRun(service, parts, here, turns.begin(Instant.now()));
            context.runOnContext(ignored -> activation.run().subscribe().with(outcome -> ended(activation, outcome),
                failure -> ended(activation, outcome(failure))));
        }

        private RunOutcome outcome(Throwable failure) {
            if (failure instanceof CloudFailure || failure instanceof ReconcileStore.OwnershipLost) {
                return RunOutcome.of(failure);
            }
            LOG.warn("Reconciliation run failed; retrying " + Log.SERVICE + service, failure);
            return RunOutcome.of(failure);
        }

        private void ended(ReconcileRun activation, RunOutcome outcome) {
            parts.metrics().ran(service, outcome);
            if (outcome instanceof RunOutcome.NotOwner) {
                if (turns.notOwner()) {
                    ownership.pokeOwner(service).subscribe().with(told -> {},
                        failure -> LOG.debug("Trigger for the owner failed; its next sweep finds the work", failure));
                }
                return;
            }
            say(activation, outcome);
            account = activation.account().orElse(account);
            if (activation.changed()) {
                activation.account().ifPresent(clouds::changed);
            }
            Pace pace = activation.account().map(account -> clouds.pace(account, service)).orElse(Pace.NONE);
            Instant now = Instant.now();
            Optional<Duration> next = turns.ended(outcome, activation.changed(), activation.lastLook(), activation.expectedNext(), pace,
                activation.closes(), now, ThreadLocalRandom.current().nextDouble());
            if (!stopping) {
                next.ifPresent(this::startIn);
                activation.nextEnd().ifPresent(end -> pokeAt(end, now));
            }
        }

        /** At its end an opening is closed at once: the sweep comes once a second. */
        private void pokeAt(Instant end, Instant now) {
            Instant before = endAwaited.get();
            if (before.isAfter(now) && !end.isBefore(before) || end.isAfter(now.plus(END_AWAITED_MAX))) {
                return;
            }
            endAwaited.set(end);
            vertx.setTimer(Math.max(1, Duration.between(now, end).toMillis() + 1), timer -> poke(false, true));
        }

        private void say(ReconcileRun activation, RunOutcome outcome) {
            conditions.ended(service, outcome);
            OutcomeLog.Line line = log.after(outcome);
            if (line == OutcomeLog.Line.OUT_OF_SYNC) {
                LOG.warn("Service out of sync; retrying until it is " + Log.SERVICE + service + Log.OUTCOME + outcome.word()
                    + Log.DETAIL + outcome.detail().orElse(""));
            } else if (line == OutcomeLog.Line.IN_SYNC) {
                LOG.info("Service in sync again " + Log.SERVICE + service);
            }
            if (activation.said()) {
                return;
            }
            store.say(service, Instant.now(), outcome.word(), outcome.detail().orElse(null), activation.budget())
                .subscribe().with(said -> {}, failure -> LOG.debug("Saving a run's outcome failed; the report is outdated", failure));
        }
    }
}
