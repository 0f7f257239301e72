// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Opening;
import dev.postern.firewall.OpeningTransitions;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.postgres.ReconcileStore;
import dev.postern.firewall.postgres.ReconcileStore.Snapshot;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * One reconciliation run of one service: reads the desired state, makes each of its accounts match it, and saves the state of each opening that the
 * providers confirm with no change of ours pending. A run may be interrupted at any step: the next one reads both states again and converges to the same
 * result.
 */
final class ReconcileRun {
    private final ServiceName service;
    private final RunCollaborators parts;
    private final RunContext run;
    private final Map<AccountName, AccountState> targets = new LinkedHashMap<>();
    private final PrefetchedRead begun;
    private boolean said;

    /** @param context where its transactions run */
    ReconcileRun(ServiceName service, RunCollaborators parts, Executor context, RunTurn turn) {
        this.service = service;
        this.parts = parts;
        this.run = new RunContext(service, parts, turn, context);
        this.begun = new PrefetchedRead(parts.desk(), new CallPriority(service, Urgency.OPENING), turn.expected());
    }

    /** Returns true if the run's outcome is saved already. */
    boolean said() {
        return said;
    }

    /** Returns true if the run requested a change at the provider. */
    boolean changed() {
        return run.changed();
    }

    /** Returns the last read, if it is complete and no change was requested since. */
    Optional<Observation> lastLook() {
        return targets.size() == 1 ? targets.values().iterator().next().look() : Optional.empty();
    }

    /** Returns whether an access has ended that the provider may still show. */
    boolean closes() {
        return run.errand() != null && run.errand().urgency() == Urgency.CLOSING;
    }

    /** When the next opening ends, as far as this run has read. */
    Optional<Instant> nextEnd() {
        return run.snapshot() == null ? Optional.empty() : run.snapshot().openings().stream().map(opening -> opening.granted().validUntil())
            .filter(end -> end.isAfter(run.turn().now())).min(Instant::compareTo);
    }

    /** The account that the service belongs to, as far as this run has read it. */
    Optional<AccountName> account() {
        return Optional.ofNullable(run.snapshot()).flatMap(loaded -> loaded.service().account());
    }

    /** Returns the objects known to this run, by account: the next run may prefetch them before it has read the database. */
    Map<AccountName, List<String>> expectedNext() {
        Map<AccountName, List<String>> expected = new HashMap<>();
        targets.values().stream().filter(target -> !target.later() && !target.unsure() && !target.ids().isEmpty())
            .forEach(target -> expected.put(target.account(), target.ids()));
        return expected;
    }

    /** Returns the remaining calls of the service's account. */
    CallBudget budget() {
        return account().map(targets::get).map(target -> target.cloud().budget()).orElse(CallBudget.UNKNOWN);
    }

    Uni<RunOutcome> run() {
        return parts.ownership().take(service).invoke(owned -> {
            if (owned) {
                begun.begin();
            }
        }).chain(owned -> owned
            ? parts.store().load(service).invoke(this::loaded).call(() -> run.after(FailPoint.Step.LOADED)).chain(this::reconcile)
            : Uni.createFrom().item(new RunOutcome.NotOwner()));
    }

    private void loaded(Snapshot snapshot) {
        Instant now = run.turn().now();
        boolean closes = snapshot.openings().stream().anyMatch(opening -> !opening.wanted(now));
        boolean opens = snapshot.openings().stream().anyMatch(Opening.Awaited.class::isInstance);
        run.loaded(snapshot, new CallPriority(service, closes ? Urgency.CLOSING : opens ? Urgency.OPENING : Urgency.CHECK));
    }

    private Uni<RunOutcome> reconcile() {
        Optional<ServiceContent> content = run.snapshot().service().content();
        Set<AccountName> accounts = new LinkedHashSet<>();
        content.ifPresent(told -> accounts.add(told.account()));
        run.snapshot().objects().forEach(object -> accounts.add(object.account()));
        run.snapshot().gone().forEach(object -> accounts.add(object.account()));
        Map<AccountName, RunOutcome> outcomes = new LinkedHashMap<>();
        for (AccountName account : accounts) {
            Optional<CloudFirewall> cloud = parts.desk().firewalls(account, run.errand());
            if (cloud.isEmpty()) {
                outcomes.put(account, new RunOutcome.Failed(Optional.empty(), "account " + account + " is not configured", Optional.empty()));
                continue;
            }
            Optional<ServiceContent> here = content.filter(told -> told.account().equals(account));
            Set<Access> wanted = here.isEmpty() ? Set.of() : OpeningTransitions.wanted(run.snapshot().openings(), run.turn().now());
            targets.put(account, new AccountState(account, cloud.get(), service, here, wanted, run.snapshot().objects(), parts.names(),
                parts.workarounds(account, service)).keepingTheLastWall(run.snapshot().lastWall()));
        }
        if (targets.isEmpty()) {
            return finish(content, outcomes);
        }
        boolean alone = accounts.size() == 1;
        List<Uni<RunOutcome>> runs = targets.values().stream().map(target -> new AccountRun(run, target, begun, alone, () -> settle(false)).run()
            .onFailure(failure -> !(failure instanceof ReconcileStore.OwnershipLost) && !alone).recoverWithItem(RunOutcome::of)
            .invoke(outcome -> {
                synchronized (outcomes) {
                    outcomes.put(target.account(), outcome);
                }
            })).toList();
        return (alone ? runs.get(0).replaceWithVoid() : Uni.join().all(runs).andCollectFailures().replaceWithVoid())
            .chain(() -> finish(content, outcomes));
    }

    private Uni<RunOutcome> finish(Optional<ServiceContent> content, Map<AccountName, RunOutcome> outcomes) {
        RunOutcome outcome = RunOutcome.of(content.map(ServiceContent::account), outcomes);
        boolean whole = content.map(told -> outcomes.get(told.account())).map(RunOutcome::whole)
            .orElse(outcomes.values().stream().allMatch(RunOutcome::whole));
        return settle(whole).invoke(() -> said &= outcome instanceof RunOutcome.Settled).replaceWith(outcome);
    }

    /** Saves the opening states that the last reads confirm, and publishes the changes. @param whole true if everything is as planned */
    private Uni<Void> settle(boolean whole) {
        Optional<AccountName> account = account();
        Snapshot snapshot = run.snapshot();
        List<AccountState> seen = targets.values().stream().filter(target -> target.look().filter(look -> !look.pending()).isPresent()).toList();
        Optional<AccountState> mine = seen.stream().filter(AccountState::here).findFirst();
        Instant shownAt = run.clock();
        boolean complete = seen.size() == accountsOf(snapshot) && seen.stream().noneMatch(target -> target.mayHaveMore(snapshot.gone(), shownAt));
        if (account.isEmpty() || mine.isEmpty() && !complete) {
            return Uni.createFrom().voidItem();
        }
        Map<Opening, Opening> moved = ReconcileStore.pairs(
            snapshot.openings(), OpeningTransitions.changed(snapshot.openings(), mine.map(AccountState::wanted).orElse(Set.of()),
                shown(seen, mine, complete), run.turn().now(), shownAt));
        boolean applied = snapshot.appliedVersion() == snapshot.service().version();
        if (moved.isEmpty() && (!whole || applied && snapshot.driftPending().isEmpty())) {
            return Uni.createFrom().voidItem();
        }
        return run.here(() -> parts.store().settle(snapshot, account.get(), moved, whole, shownAt, budget()))
            .invoke(news -> {
                said = whole;
                parts.metrics().settled(moved, news, shownAt);
                run.change(before -> before.with(before.openings().stream().map(opening -> moved.getOrDefault(opening, opening))
                    .filter(Opening::live).toList(), whole ? before.service().version() : before.appliedVersion(),
                    whole ? List.of() : before.driftPending()));
            })
            .chain(() -> run.after(FailPoint.Step.SETTLED));
    }

    private static int accountsOf(Snapshot snapshot) {
        Set<AccountName> accounts = new LinkedHashSet<>();
        snapshot.service().content().ifPresent(content -> accounts.add(content.account()));
        snapshot.objects().forEach(object -> accounts.add(object.account()));
        snapshot.gone().forEach(object -> accounts.add(object.account()));
        return accounts.size();
    }

    private OpeningTransitions.Shown shown(List<AccountState> seen, Optional<AccountState> mine, boolean complete) {
        List<ShownFirewall> elsewhere = new ArrayList<>();
        for (AccountState target : seen) {
            elsewhere.addAll(target.through(target.look().get(), run.snapshot().openings()));
            elsewhere.addAll(target.others(target.look().get()));
        }
        return new OpeningTransitions.Shown(mine.map(target -> target.reaching(target.look().get())).orElse(List.of()), elsewhere, complete);
    }
}
