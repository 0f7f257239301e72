// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.budget.BudgetPolicy;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CallPacing;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CoalescedReads;
import dev.postern.firewall.postgres.Owner;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A process: the reconciler's own decisions ({@link RunSchedule}, {@link ReconcileRun}), in virtual time. It can die at any step, and is never heard of again. */
final class SimulatedProcess {
    private final int number;
    private final VirtualTime time;
    private final SimulatedTables tables;
    private final Random random;
    private final RunCollaborators parts;
    private final Map<ServiceName, ServiceLoop> lanes = new LinkedHashMap<>();
    private final Set<String> followed = new HashSet<>();
    private final CallPacing shares;
    private final SimulatedWorld.Installation installation;
    private final PokeOwner elsewhere;
    /** Violations that no run should ever cause. */
    final List<String> broken = new ArrayList<>();
    private boolean alive = true;
    /** Probability that the process dies after a step of a run. */
    double frailty;

    /** Tells another process of work. */
    interface PokeOwner {
        void poke(ServiceName service);
    }

    SimulatedProcess(int number, VirtualTime time, SimulatedTables tables, SimulatedProvider provider, CallPacing.Count count, BudgetPolicy share,
                     Random random,
                     PokeOwner elsewhere, SimulatedWorld.Installation installation) {
        this.installation = installation;
        this.number = number;
        this.time = time;
        this.tables = tables;
        this.random = random;
        this.elsewhere = elsewhere;
        this.shares = new CallPacing(share, count, () -> CallBudget.UNKNOWN, time::now);
        Owner owner = new Owner() {
            @Override
            public Uni<Boolean> take(ServiceName service) {
                return time.later(SimulatedTables.STATEMENT, SimulatedProcess.this::alive, () -> alive && tables.take(service, number));
            }

            @Override
            public boolean owns(ServiceName service) {
                return Integer.valueOf(number).equals(tables.owners.get(service));
            }
        };
        FailPoint failPoint = (step, service) -> traced(step, service) && random.nextDouble() < frailty ? die() : Uni.createFrom().voidItem();
        this.parts = new RunCollaborators(owner, tables.of(number, this::alive), desk(provider), failPoint,
            new ReconcileMetrics(new SimpleMeterRegistry(), Map.<AccountName, CloudFirewall>of()), time::now, installation.names(), new LimitRemovals(0.2, 20),
            Duration.ofSeconds(10), Duration.ofSeconds(2), new LinkedHashMap<>());
    }

    private CallPriority.ProviderClients desk(SimulatedProvider provider) {
        CoalescedReads looks = new CoalescedReads(time::after);
        return new CallPriority.ProviderClients() {
            @Override
            public Optional<CloudFirewall> firewalls(AccountName account, CallPriority errand) {
                return Optional.of(provider.of(SimulatedProcess.this::alive, () -> shares, followed, errand.service(), errand.urgency(),
                    installation.label()));
            }

            @Override
            public Optional<CoalescedReads> looks(AccountName account) {
                return Optional.of(looks);
            }
        };
    }

    private boolean traced(FailPoint.Step step, ServiceName service) {
        if (Integer.getInteger("postern.simulation.seed") != null) {
            System.out.println(time.now() + " process " + number + " " + service + " after " + step);
        }
        return true;
    }

    boolean alive() {
        return alive;
    }

    private Uni<Void> die() {
        kill();
        return Uni.createFrom().nothing();
    }

    /** Ends it between two steps. Its locks go with it. */
    void kill() {
        alive = false;
        tables.free(number);
    }

    /** Triggers runs like the reconciler. @param news true if something happened */
    void poke(Collection<ServiceName> services, boolean tellOwner, boolean news) {
        services.forEach(service -> lanes.computeIfAbsent(service, ServiceLoop::new).poke(tellOwner, news));
    }

    private final class ServiceLoop {
        private final ServiceName service;
        private final RunSchedule turns = new RunSchedule();
        private Instant endAwaited = Instant.EPOCH;

        ServiceLoop(ServiceName service) {
            this.service = service;
        }

        void poke(boolean tellOwner, boolean news) {
            if (alive) {
                turns.poke(tellOwner, news, time.now()).ifPresent(this::startIn);
            }
        }

        private void startIn(Duration wait) {
            if (wait.isZero()) {
                start();
            } else {
                time.after(wait, () -> {
                    if (alive && turns.wake(time.now())) {
                        start();
                    }
                });
            }
        }

        private void start() {
            ReconcileRun activation = new ReconcileRun(service, parts, Runnable::run, turns.begin(time.now()));
            activation.run().subscribe().with(outcome -> ended(activation, outcome), failure -> {
                if (!(failure instanceof dev.postern.firewall.budget.CloudFailure
                    || failure instanceof dev.postern.firewall.postgres.ReconcileStore.OwnershipLost)) {
                    broken.add(time.now() + ": an activation failed: " + failure + " at " + List.of(failure.getStackTrace()).subList(0, 5));
                }
                ended(activation, RunOutcome.of(failure));
            });
        }

        private void ended(ReconcileRun activation, RunOutcome outcome) {
            if (Integer.getInteger("postern.simulation.seed") != null) {
                System.out.println(time.now() + " process " + number + " " + service + " " + outcome + (activation.changed() ? " changed" : ""));
            }
            if (!alive) {
                return;
            }
            if (outcome instanceof RunOutcome.NotOwner) {
                if (turns.notOwner()) {
                    elsewhere.poke(service);
                }
                return;
            }
            if (activation.changed()) {
                shares.changed();
            }
            turns.ended(outcome, activation.changed(), activation.lastLook(), activation.expectedNext(), shares.pace(service), activation.closes(), time.now(),
                random.nextDouble()).ifPresent(this::startIn);
            activation.nextEnd().ifPresent(this::pokeAt);
        }

        /** Schedules a run for an opening's end, like the reconciler. */
        private void pokeAt(Instant end) {
            if (!endAwaited.isAfter(time.now()) || end.isBefore(endAwaited)) {
                endAwaited = end;
                time.after(Duration.between(time.now(), end).plusMillis(1), () -> poke(false, true));
            }
        }
    }
}
