// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.firewall.FindDrift;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.Opening;
import dev.postern.firewall.OpeningTransitions;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.CoalescedReads;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.FirewallPlan;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.postgres.ReconcileStore;
import dev.postern.firewall.postgres.ReconcileStore.GoneObject;
import dev.postern.firewall.postgres.ReconcileStore.ManagedObject;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The part of a run that concerns one account: read, record drift, decide on removals to hold back, make the planned calls, read again; at most four
 * rounds, while there is progress. Independent of the service's other account.
 */
final class AccountRun {
    private static final int ROUNDS_MAX = 4;
    /** Time after its end in which an address that reappears is attributed to a late call of ours. */
    private static final Duration OWN_LATE_MAX = Duration.ofMinutes(10);
    /** Failures of one read; the others are of the whole account. */
    private static final Set<CloudFailure.Kind> READ_APART = EnumSet.of(CloudFailure.Kind.UNAVAILABLE, CloudFailure.Kind.UNCLEAR, CloudFailure.Kind.REFUSED,
        CloudFailure.Kind.CONFLICT, CloudFailure.Kind.GONE, CloudFailure.Kind.FORBIDDEN);

    private final RunContext run;
    private final AccountState target;
    private final PrefetchedRead begun;
    private final boolean alone;
    private final Supplier<Uni<Void>> settle;
    private final GoneAgain gone;

    /**
     * @param begun  the run's prefetched first read, if any
     * @param alone  whether the service has one account
     * @param settle publishes the openings confirmed by the reads so far
     */
    AccountRun(RunContext run, AccountState target, PrefetchedRead begun, boolean alone, Supplier<Uni<Void>> settle) {
        this.run = run;
        this.target = target;
        this.begun = begun;
        this.alone = alone;
        this.settle = settle;
        this.gone = new GoneAgain(run, target, this::maySkip);
    }

    Uni<RunOutcome> run() {
        Optional<Observation> carried = run.turn().carried()
            .filter(look -> alone && !target.later() && look.account().equals(target.account()) && !target.unsure());
        Optional<Observation> shown = run.turn().shown()
            .filter(look -> carried.isEmpty() && alone && look.account().equals(target.account()) && !target.unsure());
        if (shown.isPresent() && run.errand().urgency() != Urgency.CHECK && run.clock().isBefore(changeFrom())) {
            return gather(shown.get());
        }
        Uni<Observation> first = carried.isPresent() ? Uni.createFrom().item(target.saw(carried.get())) : target.unsure() ? list() : look(begun);
        return missing().chain(() -> first)
            .chain(this::confirmed)
            .chain(look -> gone.in(look))
            .call(() -> run.after(FailPoint.Step.OBSERVED))
            .call(this::drift)
            .call(this::hold)
            .call(look -> target.plan(look).isEmpty() ? Uni.createFrom().voidItem() : told(look)) // else with everything else, in a moment
            .chain(look -> execute(look, 1));
    }

    /** Batches changes because the budget is scarce: an address that the last read shows is open without a call. */
    private Uni<RunOutcome> gather(Observation shown) {
        target.saw(shown);
        return settle.get().map(told -> new RunOutcome.Gathering(Duration.between(run.clock(), changeFrom())));
    }

    private Uni<Void> told(Observation look) {
        return look.pending() || !alone ? Uni.createFrom().voidItem() : settle.get();
    }

    /** Reads again what was missing a minute ago. */
    private Uni<Void> missing() {
        if (target.content().isEmpty() || !target.learned().missingIsOld(run.clock())) {
            return Uni.createFrom().voidItem();
        }
        return target.cloud().missing(target.learned().missing()).invoke(still -> target.learned().missing(still, run.clock())).replaceWithVoid()
            .onFailure(CloudFailure.class).recoverWithUni(failure -> Uni.createFrom().voidItem());
    }

    private Uni<Observation> look(PrefetchedRead early) {
        Optional<CoalescedReads> together = (run.turn().unhurried() || run.errand().urgency() == Urgency.CHECK) && !target.later()
            ? run.parts().desk().looks(target.account()) : Optional.empty();
        Uni<List<ShownFirewall>> read = together.isPresent() ? together.get().read(target.cloud(), target.ids(), run.errand().urgency())
            : early.read(target.account(), target.cloud(), target.ids(), run.errand().urgency());
        return read.onFailure(this::holdsUp).recoverWithUni(failure -> readApart(target.ids(), failure)).map(own -> {
            Instant at = run.clock();
            return target.saw(new Observation(target.account(), own.stream().map(shown -> target.named(shown, at)).toList(), Set.of(), false, at));
        });
    }

    /** Returns true if a failed read must stop the run. It must not hold up a closing: a partial or earlier read is enough to remove an access. */
    private boolean holdsUp(Throwable failure) {
        return maySkip(failure) && !target.later();
    }

    private boolean maySkip(Throwable failure) {
        return failure instanceof CloudFailure cloud && (!cloud.keptBack() || cloud.kind() == CloudFailure.Kind.FORBIDDEN) && READ_APART.contains(cloud.kind())
            && run.errand().urgency() == Urgency.CLOSING;
    }

    /** Reads each object by itself. One that cannot be read is taken to be as it was read last, and nothing is claimed of it. */
    private Uni<List<ShownFirewall>> readApart(Collection<String> ids, Throwable failure) {
        Uni<List<ShownFirewall>> all = Uni.createFrom().item(new ArrayList<>());
        for (String id : ids) {
            all = all.chain(found -> target.cloud().read(List.of(id)).onFailure(this::holdsUp).recoverWithUni(again -> remembered(id, again))
                .invoke(found::addAll).replaceWith(found));
        }
        return ids.isEmpty() ? Uni.createFrom().failure(failure) : all;
    }

    private Uni<List<ShownFirewall>> remembered(String id, Throwable failure) {
        return target.learned().readLast(id, run.clock()).map(shown -> Uni.createFrom().item(List.of(shown.failed())))
            .orElseGet(() -> Uni.createFrom().failure(failure));
    }

    /**
     * Lists all objects of the account. Also finds an object that a crash kept us from noting. What the listing lacks is read by its id: a listing can miss
     * an object between two pages.
     */
    private Uni<Observation> list() {
        return target.cloud().readAll(target.ids(), target.names()).chain(all -> {
            Set<String> ids = new HashSet<>(target.ids());
            Instant at = run.clock();
            List<ShownFirewall> own = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            Map<String, String> likeOurs = new HashMap<>();
            Uni<Void> noted = Uni.createFrom().voidItem();
            for (ShownFirewall shown : all) {
                if (ids.remove(shown.id())) {
                    own.add(target.named(shown, at));
                } else if (target.adopts(shown)) {
                    ManagedObject adopted = target.byName(shown.name()).orElseThrow().answered(Optional.of(shown.id()), digest(shown));
                    target.know(adopted);
                    own.add(target.named(shown, at));
                    noted = noted.chain(() -> run.parts().store().noteAnswered(adopted));
                } else {
                    taken.add(shown.name());
                    if (run.parts().names().likeOurs(shown.name())) {
                        likeOurs.put(shown.id(), shown.name());
                    }
                }
            }
            Uni<List<ShownFirewall>> missed = ids.isEmpty() ? Uni.createFrom().item(List.of()) : target.cloud().read(ids);
            return noted.chain(() -> run.parts().store().noteNobodys(target.account(), likeOurs, at)).chain(() -> missed).map(found -> {
                found.forEach(shown -> own.add(target.named(shown, at)));
                return target.saw(new Observation(target.account(), own, taken, true, run.clock()));
            });
        });
    }

    private String digest(ShownFirewall shown) {
        return target.byName(shown.name()).orElseThrow().digests().stream().filter(shown.digest()::equals).findFirst()
            .orElseGet(() -> target.byName(shown.name()).orElseThrow().digests().get(0));
    }

    /** One "not found" proves nothing: a listing and another read have to say the same. */
    private Uni<Observation> confirmed(Observation look) {
        boolean doubted = !look.listed() && !target.unexplained(look).isEmpty();
        return !doubted ? Uni.createFrom().item(look) : list().onFailure(this::holdsUp).recoverWithUni(failure -> {
            List<ShownFirewall> own = new ArrayList<>(look.own());
            Uni<Void> all = Uni.createFrom().voidItem();
            for (String id : target.unexplained(look)) {
                all = all.chain(() -> remembered(id, failure)).invoke(own::addAll).replaceWithVoid();
            }
            return all.map(none -> target.saw(new Observation(look.account(), own, look.namesTaken(), false, look.at())));
        });
    }

    private Uni<Void> drift(Observation look) {
        Map<String, String> known = new HashMap<>();
        Set<String> leaving = new HashSet<>();
        for (ManagedObject object : target.known()) {
            object.id().ifPresent(id -> {
                if (object.leaving()) {
                    leaving.add(id);
                } else {
                    known.put(id, object.name());
                }
            });
        }
        ReconcileStore.Snapshot snapshot = run.snapshot();
        boolean applied = target.here() && snapshot.appliedVersion() == snapshot.service().version();
        List<AttachedGroup> groups = target.groups(look);
        List<Opening> explaining = target.explaining(snapshot.openings());
        return late(look, explaining).chain(late -> {
            List<String> lines = FindDrift.in(new FindDrift.Known(known, leaving, explaining, late, run.turn().now(), applied), groups);
            Map<Opening, Opening> lost = target.here()
                ? ReconcileStore.pairs(snapshot.openings(), OpeningTransitions.lost(snapshot.openings(), groups, applied,
                    run.turn().now(), run.clock()))
                : Map.of();
            run.parts().metrics().read(run.service(), !lines.isEmpty(), run.clock());
            return noteDrift(lines, lost);
        });
    }

    /** Returns accesses that are shown without a live grant, of which one ended a moment ago. */
    private Uni<Set<Access>> late(Observation look, List<Opening> explaining) {
        Set<Access> unexplained = LimitRemovals.unexplained(look.own(), explaining);
        if (unexplained.isEmpty()) {
            return Uni.createFrom().item(Set.of());
        }
        Instant since = look.at().minus(OWN_LATE_MAX);
        return run.parts().store().everGranted(run.service(), unexplained).map(ended -> ended.entrySet().stream()
            .filter(entry -> entry.getValue().isAfter(since)).map(Map.Entry::getKey).collect(Collectors.toSet()));
    }

    private Uni<Void> noteDrift(List<String> lines, Map<Opening, Opening> lost) {
        Set<String> all = new LinkedHashSet<>(run.snapshot().driftPending());
        if (!all.addAll(lines) && lost.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<String> noted = all.stream().limit(100).toList();
        run.parts().metrics().drift(lines.size());
        return run.here(() -> run.parts().store().foundDrift(run.service(), target.account(), noted, lost, run.clock()))
            .invoke(news -> run.parts().metrics().told(news.changes()))
            .invoke(news -> run.change(before -> before.with(
                before.openings().stream().map(opening -> lost.getOrDefault(opening, opening)).toList(), before.appliedVersion(), noted)))
            .chain(() -> run.after(FailPoint.Step.DRIFT_NOTED));
    }

    /**
     * Decides what is held. What no grant explains goes; but of what a grant could have been, so many may be there that our own records are likelier at
     * fault: they are not taken out of the objects that show them.
     */
    private Uni<Void> hold(Observation look) {
        Set<Access> unexplained = LimitRemovals.unexplained(look.own(), target.explaining(run.snapshot().openings()));
        if (target.content().isEmpty() || unexplained.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Set<Access> doubtful = LimitRemovals.couldBeLost(unexplained, target.content().get(), target.cloud().limits());
        int left = look.size() - (unexplained.size() - doubtful.size());
        if (!run.parts().removals().refuses(doubtful.size(), left)) {
            return Uni.createFrom().voidItem();
        }
        return run.parts().store().everGranted(run.service(), doubtful).invoke(ended -> {
            doubtful.removeAll(ended.keySet());
            if (run.parts().removals().refuses(doubtful.size(), left - ended.size())) {
                target.hold(doubtful);
            }
        }).replaceWithVoid();
    }

    /** Returns whether changes still gather. */
    private boolean early(Observation look) {
        return run.clock().isBefore(changeFrom()) && !target.plan(look).isEmpty();
    }

    /** Before this moment changes gather; those that close begin sooner. */
    private Instant changeFrom() {
        RunTurn turn = run.turn();
        if (run.errand().urgency() != Urgency.CLOSING) {
            return turn.changeFrom();
        }
        boolean onlyExpired = run.snapshot().driftPending().isEmpty() && run.snapshot().openings().stream()
            .noneMatch(opening -> opening instanceof Opening.Awaited && opening.wanted(turn.now())
                || opening instanceof Opening.Closing && !opening.detail().equals(Optional.of(OpeningTransitions.EXPIRED)));
        return onlyExpired ? turn.expireFrom() : turn.closeFrom();
    }

    private Uni<RunOutcome> execute(Observation seen, int round) {
        FirewallPlan first = target.plan(seen);
        if (mustWait(seen, first)) {
            return Uni.createFrom().item(new RunOutcome.Pending());
        }
        if (first.isEmpty()) {
            target.cloud().leaveQueue();
            return forgetGone(seen).map(none -> ended(first));
        }
        if (early(seen)) {
            return Uni.createFrom().item(new RunOutcome.Gathering(Duration.between(run.clock(), changeFrom())));
        }
        Optional<CloudFirewall.Wait> queued = target.cloud().waitForTurn(first.closes());
        if (queued.isPresent()) {
            return Uni.createFrom().item(new RunOutcome.Queued(queued.get().left(), queued.get().why()));
        }
        Uni<Observation> known = first.creates() && !seen.listed() ? list().onFailure(failure -> first.closes() && holdsUp(failure)).recoverWithItem(seen)
            : Uni.createFrom().item(seen);
        return known.chain(look -> {
            FirewallPlan whole = target.plan(look);
            FirewallPlan plan = whole.creates() && !look.listed() ? whole.withoutCreations() : whole; // without a listing no name is known to be free
            if (plan.isEmpty() || mustWait(look, plan)) { // the listing shows what the look lacked
                return execute(look, round);
            }
            MakeCalls calls = new MakeCalls(run, target, look);
            return calls.of(plan).chain(failure -> {
                Uni<Void> noted = calls.learned() ? noteDrift(target.learned().missingLines(), Map.of()) : Uni.createFrom().voidItem();
                return noted.chain(() -> after(plan, failure, calls.learned(), round));
            });
        });
    }

    private boolean mustWait(Observation look, FirewallPlan plan) {
        Duration most = plan.closes() ? run.parts().holdClosingMax() : run.parts().holdOpeningMax();
        return look.pending() && (plan.isEmpty() || run.turn().pendingFor().compareTo(most) < 0);
    }

    private Uni<RunOutcome> after(FirewallPlan plan, Optional<CloudFailure> failure, boolean learned, int round) {
        if (run.turn().unhurried() && failure.isEmpty()) {
            return Uni.createFrom().item(new RunOutcome.Pending());
        }
        return look(new PrefetchedRead(run.parts().desk(), run.errand(), Map.of())).chain(this::confirmed)
            .onFailure(CloudFailure.class).transform(again -> failure.map(Throwable.class::cast).orElse(again))
            .call(() -> run.after(FailPoint.Step.REREAD))
            .chain(look -> {
                FirewallPlan rest = target.plan(look);
                boolean progress = learned || failure.isEmpty() && !rest.equals(plan);
                if (round < ROUNDS_MAX && progress && !rest.isEmpty() && !mustWait(look, rest)) {
                    return told(look).chain(() -> execute(look, round + 1));
                }
                return last(look, rest, failure, learned);
            });
    }

    private Uni<RunOutcome> last(Observation look, FirewallPlan rest, Optional<CloudFailure> failure, boolean learned) {
        if (learned && look.pending()) {
            return Uni.createFrom().item(new RunOutcome.Pending()); // what was learned is tried as soon as the provider is done
        }
        if (failure.isPresent() && !(learned && rest.isEmpty())) {
            return Uni.createFrom().item(RunOutcome.of(failure.get()));
        }
        if (look.pending()) {
            return Uni.createFrom().item(new RunOutcome.Pending());
        }
        if (!rest.isEmpty()) {
            return Uni.createFrom().item(new RunOutcome.Failed(Optional.of(CloudFailure.Kind.UNCLEAR), "the provider does not show what it was told",
                Optional.empty()));
        }
        return forgetGone(look).map(none -> ended(rest));
    }

    /** The provider shows all that it can. */
    private RunOutcome ended(FirewallPlan plan) {
        if (gone.unread().isPresent()) {
            return RunOutcome.of(gone.unread().get());
        }
        if (target.held() > 0) {
            return new RunOutcome.Held(target.held());
        }
        if (target.learned().deletionPends(run.clock())) {
            return new RunOutcome.Pending();
        }
        Optional<String> workedAround = target.learned().words(run.clock());
        if (workedAround.isPresent()) {
            return new RunOutcome.Partial(workedAround.get());
        }
        if (!plan.waiting().isEmpty()) {
            return new RunOutcome.Failed(Optional.of(CloudFailure.Kind.REFUSED), "the provider refused newcomers; fewer are offered next", Optional.empty());
        }
        return plan.unplaced().isEmpty() ? new RunOutcome.Settled() : new RunOutcome.Failed(Optional.of(CloudFailure.Kind.REFUSED),
            plan.unplaced().size() + " addresses find no room at the provider, or the name is somebody else's", Optional.empty());
    }

    /** Deletes records of objects that are neither shown nor desired, and of operations that have ended. */
    private Uni<Void> forgetGone(Observation look) {
        Uni<Void> noted = Uni.createFrom().voidItem();
        AccountName account = target.account();
        for (ManagedObject object : target.gone(look)) {
            noted = noted.chain(() -> object.id().map(target.learned()::wasDeleted).orElse(true) ? run.parts().store().forget(account, object.name())
                : run.parts().store().noteGone(run.service(), new GoneObject(account, object.name(), object.id().get())));
        }
        for (ManagedObject object : target.lost(look)) {
            noted = noted.chain(() -> run.parts().store().noteLost(account, object.name()))
                .chain(() -> run.parts().store().noteGone(run.service(), new GoneObject(account, object.name(), object.id().get())));
        }
        for (String name : target.answered(look)) {
            noted = noted.chain(() -> run.parts().store().noteAsked(account, name, false));
        }
        return noted;
    }
}
