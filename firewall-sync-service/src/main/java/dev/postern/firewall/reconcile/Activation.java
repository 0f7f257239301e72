package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Access;
import dev.postern.firewall.FindDrift;
import dev.postern.firewall.FirewallName;
import dev.postern.firewall.FirewallPlan;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.Opening;
import dev.postern.firewall.ServiceContent;
import dev.postern.firewall.Settle;
import dev.postern.firewall.ShareCalls.Urgency;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.Wanted;
import dev.postern.firewall.cloud.CallBudget;
import dev.postern.firewall.cloud.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.cloud.SharedLooks;
import dev.postern.firewall.postgres.Notes;
import dev.postern.firewall.postgres.Notes.Snapshot;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One activation of one service: read what is wanted, look at the provider, plan, call, look again; and say of each opening what the provider shows of it
 * with nothing pending. Whatever ends it in between, the next activation starts from the same two readings and comes to the same end.
 */
final class Activation {
    private final ServiceName service;
    private final Parts parts;
    private final Executor context;
    private final Turn turn;
    private final Map<AccountName, Target> targets = new LinkedHashMap<>();
    private final EarlyLook begun;
    private Snapshot snapshot;
    private Errand errand;
    private boolean said;
    private boolean changed;

    /** @param context where its transactions run */
    Activation(ServiceName service, Parts parts, Executor context, Turn turn) {
        this(service, parts, context, turn, ahead(service, parts, turn.expected()));
    }

    /** @param begun its first look, if it was begun before: no other activation may have been since */
    Activation(ServiceName service, Parts parts, Executor context, Turn turn, EarlyLook begun) {
        this.service = service;
        this.parts = parts;
        this.context = context;
        this.turn = turn;
        this.begun = begun;
    }

    /** A look at what the next activation of the service is expected to look at. */
    static EarlyLook ahead(ServiceName service, Parts parts, Map<AccountName, List<String>> expected) {
        return new EarlyLook(parts.desk(), new Errand(service, Urgency.OPENING), expected);
    }

    /** Whether the run's outcome is written down already. */
    boolean said() {
        return said;
    }

    /** Whether anything was asked of the provider. */
    boolean changed() {
        return changed;
    }

    /** The last look, if it is of all that there is and nothing was asked since. */
    Optional<Look> lastLook() {
        return targets.size() == 1 ? targets.values().iterator().next().look() : Optional.empty();
    }

    /** Whether an access has ended that the provider may still show. */
    boolean closes() {
        return errand != null && errand.urgency() == Urgency.CLOSING;
    }

    /** When the next opening ends, as far as this activation has read. */
    Optional<Instant> nextEnd() {
        return snapshot == null ? Optional.empty() : snapshot.openings().stream().map(opening -> opening.granted().validUntil())
            .filter(end -> end.isAfter(turn.now())).min(Instant::compareTo);
    }

    /** The account that the service belongs to, as far as this activation has read it. */
    Optional<AccountName> account() {
        return Optional.ofNullable(snapshot).flatMap(loaded -> loaded.service().account());
    }

    /** The objects that this activation knew of, by account: the next one may begin to look at them before it has read of them. */
    Map<AccountName, List<String>> expectedNext() {
        Map<AccountName, List<String>> expected = new HashMap<>();
        targets.values().stream().filter(target -> !target.later() && !target.unsure() && !target.ids().isEmpty())
            .forEach(target -> expected.put(target.account(), target.ids()));
        return expected;
    }

    /** What the service's account has left. */
    CallBudget budget() {
        return account().map(targets::get).map(target -> target.cloud().budget()).orElse(CallBudget.UNKNOWN);
    }

    Uni<RunOutcome> run() {
        return parts.ownership().take(service).invoke(owned -> {
            if (owned) {
                begun.begin();
            }
        }).chain(owned -> owned
            ? parts.store().load(service).invoke(loaded -> snapshot = loaded).call(() -> after(FailPoint.Step.LOADED)).chain(this::reconcile)
            : Uni.createFrom().item(new RunOutcome.NotOwner()));
    }

    private Uni<RunOutcome> reconcile() {
        Optional<ServiceContent> content = snapshot.service().content();
        errand = new Errand(service, urgency());
        Set<AccountName> accounts = new LinkedHashSet<>();
        snapshot.objects().forEach(object -> accounts.add(object.account()));
        content.ifPresent(told -> accounts.add(told.account()));
        for (AccountName account : accounts) {
            Optional<CloudFirewall> cloud = parts.desk().firewalls(account, errand);
            if (cloud.isEmpty()) {
                return Uni.createFrom().item(new RunOutcome.Failed(Optional.empty(), "account " + account + " is not configured", Optional.empty()));
            }
            Optional<ServiceContent> here = content.filter(told -> told.account().equals(account));
            Wanted wanted = here.isEmpty() ? Wanted.NOBODY
                : Settle.wanted(snapshot.openings(), turn.now(), parts.layouts().madeFor(account, service, cloud.get().limits()));
            targets.put(account, new Target(account, cloud.get(), service, here, wanted, snapshot.objects(), parts.layouts()));
        }
        Uni<RunOutcome> outcome = Uni.createFrom().item(new RunOutcome.Settled());
        for (Target target : targets.values()) {
            outcome = outcome.chain(before -> bring(target).map(next -> before instanceof RunOutcome.Settled ? next : before));
        }
        return outcome.call(last -> settle(last instanceof RunOutcome.Settled));
    }

    private Urgency urgency() {
        boolean closes = snapshot.openings().stream().anyMatch(opening -> !opening.wanted(turn.now()));
        boolean opens = snapshot.openings().stream().anyMatch(Opening.Awaited.class::isInstance);
        return closes ? Urgency.CLOSING : opens ? Urgency.OPENING : Urgency.CHECK;
    }

    private Uni<RunOutcome> bring(Target target) {
        Optional<Look> carried = turn.carried().filter(look -> targets.size() == 1 && look.account().equals(target.account()) && !target.unsure());
        Optional<Look> shown = turn.shown().filter(look -> carried.isEmpty() && targets.size() == 1 && look.account().equals(target.account())
            && !target.unsure());
        if (shown.isPresent() && errand.urgency() != Urgency.CHECK && parts.clock().get().isBefore(changeFrom())) {
            return gather(target, shown.get());
        }
        Uni<Look> first = carried.isPresent() ? Uni.createFrom().item(target.saw(carried.get())) : target.unsure() ? list(target) : look(target, begun);
        return first
            .call(() -> after(FailPoint.Step.OBSERVED))
            .call(look -> drift(target, look))
            .call(look -> hold(target, look))
            .call(look -> look.pending() || targets.size() > 1 ? Uni.createFrom().voidItem() : settle(false))
            .chain(look -> target.plan(look).creates() && !look.listed() && !early(target, look) ? list(target) : Uni.createFrom().item(look))
            .chain(look -> execute(target, look));
    }

    private Uni<Look> look(Target target) {
        return look(target, new EarlyLook(parts.desk(), errand, Map.of()));
    }

    private Uni<Look> look(Target target, EarlyLook early) {
        Optional<SharedLooks> together = (turn.unhurried() || errand.urgency() == Urgency.CHECK) && !target.later()
            ? parts.desk().looks(target.account()) : Optional.empty();
        Uni<List<ShownFirewall>> read = together.isPresent() ? together.get().read(target.cloud(), target.ids())
            : early.read(target.account(), target.cloud(), target.ids(), errand.urgency());
        return read.map(own -> target.saw(new Look(target.account(), own.stream().map(target::named).toList(), Set.of(), false, parts.clock().get())));
    }

    /** Also finds an object that a crash kept us from noting: it has a name that was noted before it was made. */
    private Uni<Look> list(Target target) {
        return target.cloud().readAll(target.ids(), target.names()).chain(all -> {
            Set<String> ids = new HashSet<>(target.ids());
            List<ShownFirewall> own = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            Uni<Void> noted = Uni.createFrom().voidItem();
            for (ShownFirewall shown : all) {
                if (ids.contains(shown.id())) {
                    own.add(target.named(shown));
                } else if (target.awaits(shown.name())) {
                    target.know(shown.name(), Optional.of(shown.id()), turn.now());
                    own.add(target.named(shown));
                    noted = noted.chain(() -> parts.store().noteCreated(target.account(), shown.name(), shown.id()));
                } else if (FirewallName.likeOurs(shown.name())) {
                    taken.add(shown.name());
                }
            }
            return noted.replaceWith(target.saw(new Look(target.account(), own, taken, true, parts.clock().get())));
        });
    }

    private Uni<Void> drift(Target target, Look look) {
        Map<String, String> known = new HashMap<>();
        target.known().stream().filter(object -> !object.leaving()).forEach(object -> object.id().ifPresent(id -> known.put(id, object.name())));
        boolean applied = target.here() && snapshot.appliedVersion() == snapshot.service().version();
        List<String> lines = FindDrift.in(known, target.groups(look), target.explaining(snapshot.openings()), turn.now(), applied);
        Instant now = parts.clock().get();
        Map<Opening, Opening> lost = target.here()
            ? Notes.pairs(snapshot.openings(), Settle.lost(snapshot.openings(), target.groups(look), applied, turn.now(), now)) : Map.of();
        Set<String> all = new LinkedHashSet<>(snapshot.driftPending());
        if (!all.addAll(lines) && lost.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<String> noted = all.stream().limit(100).toList();
        parts.metrics().drift(lines.size());
        return here(() -> parts.store().foundDrift(service, target.account(), noted, lost, now))
            .invoke(news -> parts.metrics().told(news.changes()))
            .invoke(news -> snapshot = new Snapshot(snapshot.service(),
                snapshot.openings().stream().map(opening -> lost.getOrDefault(opening, opening)).toList(), snapshot.objects(), snapshot.appliedVersion(),
                noted, snapshot.outcome()))
            .chain(() -> after(FailPoint.Step.DRIFT_NOTED));
    }

    /** Who is let in without any grant that we know of goes, unless they are so many that our own records are likelier at fault. */
    private Uni<Void> hold(Target target, Look look) {
        Set<Access> unexplained = LimitRemovals.unexplained(look.own(), target.explaining(snapshot.openings()));
        if (!target.here() || !parts.removals().refuses(unexplained.size(), look.size())) {
            return Uni.createFrom().voidItem();
        }
        return parts.store().everGranted(service, unexplained).invoke(ended -> {
            unexplained.removeAll(ended);
            if (parts.removals().refuses(unexplained.size(), look.size())) {
                target.hold(unexplained);
            }
        }).replaceWithVoid();
    }

    /** Whether changes still gather. */
    private boolean early(Target target, Look look) {
        return parts.clock().get().isBefore(changeFrom()) && !target.plan(look).isEmpty();
    }

    /** Before this moment changes gather; those that close begin sooner. */
    private Instant changeFrom() {
        if (errand.urgency() != Urgency.CLOSING) {
            return turn.changeFrom();
        }
        boolean onlyExpired = snapshot.driftPending().isEmpty() && snapshot.openings().stream()
            .noneMatch(opening -> opening instanceof Opening.Awaited && opening.wanted(turn.now())
                || opening instanceof Opening.Closing && !opening.detail().equals(Optional.of(Settle.EXPIRED)));
        return onlyExpired ? turn.expireFrom() : turn.closeFrom();
    }

    /** Changes gather because the budget is scarce: an address that the last look shows is open without a call. */
    private Uni<RunOutcome> gather(Target target, Look shown) {
        target.saw(shown);
        return settle(false).replaceWith(() -> new RunOutcome.Gathering(Duration.between(parts.clock().get(), changeFrom())));
    }

    private Uni<RunOutcome> execute(Target target, Look look) {
        FirewallPlan plan = target.plan(look);
        if (look.pending() && (plan.isEmpty() || turn.pendingFor().compareTo(plan.closes() ? parts.holdClosingMax() : parts.holdOpeningMax()) < 0)) {
            return Uni.createFrom().item(new RunOutcome.Pending());
        }
        if (plan.isEmpty()) {
            return forgetGone(target, look).replaceWith(ended(target, plan));
        }
        if (early(target, look)) {
            return Uni.createFrom().item(new RunOutcome.Gathering(Duration.between(parts.clock().get(), changeFrom())));
        }
        Optional<CloudFirewall.Wait> queued = target.cloud().waitForTurn();
        if (queued.isPresent()) {
            return Uni.createFrom().item(new RunOutcome.Queued(queued.get().left(), queued.get().why()));
        }
        Uni<Void> done = Uni.createFrom().voidItem();
        for (FirewallPlan.Call call : plan.calls()) {
            done = done.chain(() -> call(target, call));
        }
        if (turn.unhurried()) {
            return done.replaceWith(new RunOutcome.Pending());
        }
        return done.chain(() -> look(target)).call(() -> after(FailPoint.Step.REREAD)).chain(again -> {
            if (again.pending()) {
                return Uni.createFrom().item(new RunOutcome.Pending());
            }
            FirewallPlan rest = target.plan(again);
            if (!rest.isEmpty()) {
                return Uni.createFrom().item(new RunOutcome.Failed(Optional.of(CloudFailure.Kind.UNCLEAR),
                    "the provider does not show what it was told", Optional.empty()));
            }
            return forgetGone(target, again).replaceWith(ended(target, rest));
        });
    }

    /** The provider shows all that it can. */
    private static RunOutcome ended(Target target, FirewallPlan plan) {
        if (target.held() > 0) {
            return new RunOutcome.Held(target.held());
        }
        return plan.unplaced().isEmpty() ? new RunOutcome.Settled() : new RunOutcome.Failed(Optional.of(CloudFailure.Kind.REFUSED),
            plan.unplaced().size() + " addresses find no room at the provider, or the name is somebody else's", Optional.empty());
    }

    private Uni<Void> call(Target target, FirewallPlan.Call call) {
        if (!parts.ownership().owns(service)) {
            return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.UNCLEAR, "another process may own the service now", Optional.empty()));
        }
        target.asks();
        changed = true;
        if (call instanceof FirewallPlan.Create create) {
            return parts.store().noteCreating(service, target.account(), create.name())
                .invoke(() -> target.know(create.name(), Optional.empty(), parts.clock().get()))
                .chain(() -> after(FailPoint.Step.CREATING_NOTED))
                .chain(() -> target.cloud().create(create.content())).call(() -> after(FailPoint.Step.CREATED))
                .chain(id -> parts.store().noteCreated(target.account(), create.name(), id)
                    .invoke(() -> target.know(create.name(), Optional.of(id), parts.clock().get())))
                .chain(() -> after(FailPoint.Step.CREATED_NOTED));
        }
        if (call instanceof FirewallPlan.Replace replace) {
            return stay(target, replace).chain(() -> target.cloud().replace(replace.id(), replace.content())).chain(() -> after(FailPoint.Step.REPLACED));
        }
        FirewallPlan.Delete delete = (FirewallPlan.Delete) call;
        return parts.store().noteLeaving(target.account(), delete.id()).chain(() -> after(FailPoint.Step.LEAVING_NOTED))
            .chain(() -> target.cloud().delete(delete.id())).chain(() -> after(FailPoint.Step.DELETED));
    }

    /** An object that was about to leave is to stay after all; one whose provider works on later is marked. */
    private Uni<Void> stay(Target target, FirewallPlan.Replace replace) {
        Uni<Void> marked = target.later() ? parts.store().noteAsked(target.account(), replace.name(), true).invoke(() -> target.asked(replace.name()))
            : Uni.createFrom().voidItem();
        return target.leaving(replace.name()) ? marked.chain(() -> parts.store().noteCreated(target.account(), replace.name(), replace.id())) : marked;
    }

    /** What is not shown and not wanted is no object of ours any more; what was asked and has come to its end is not awaited. */
    private Uni<Void> forgetGone(Target target, Look look) {
        Uni<Void> noted = Uni.createFrom().voidItem();
        for (String name : target.gone(look)) {
            noted = noted.chain(() -> parts.store().forget(target.account(), name));
        }
        for (String name : target.lost(look)) {
            noted = noted.chain(() -> parts.store().noteLost(target.account(), name));
        }
        for (String name : target.answered(look)) {
            noted = noted.chain(() -> parts.store().noteAsked(target.account(), name, false));
        }
        return noted;
    }

    /** Says what the last looks show. @param whole whether all is as planned */
    private Uni<Void> settle(boolean whole) {
        Optional<AccountName> account = account();
        boolean seen = targets.values().stream().allMatch(target -> target.look().map(look -> !look.pending()).orElse(false));
        if (account.isEmpty() || !seen) {
            return Uni.createFrom().voidItem();
        }
        Instant shownAt = parts.clock().get();
        List<ShownFirewall> elsewhere = new ArrayList<>();
        for (Target target : targets.values()) {
            elsewhere.addAll(target.through(target.look().get(), snapshot.openings()));
            if (!target.here()) {
                elsewhere.addAll(target.look().get().own());
            }
        }
        Optional<Target> mine = targets.values().stream().filter(Target::here).findFirst();
        Map<Opening, Opening> moved = Notes.pairs(snapshot.openings(), Settle.changed(snapshot.openings(), mine.map(Target::wanted).orElse(Set.of()),
            mine.map(target -> target.groups(target.look().get())).orElse(List.of()), elsewhere, turn.now(), shownAt));
        boolean applied = snapshot.appliedVersion() == snapshot.service().version();
        if (moved.isEmpty() && (!whole || applied && snapshot.driftPending().isEmpty())) {
            return Uni.createFrom().voidItem();
        }
        return here(() -> parts.store().settle(snapshot, account.get(), moved, whole, shownAt, budget()))
            .invoke(news -> {
                said = whole;
                parts.metrics().settled(moved, news, shownAt);
                snapshot = new Snapshot(snapshot.service(), snapshot.openings().stream().map(opening -> moved.getOrDefault(opening, opening))
                    .filter(Opening::live).toList(), snapshot.objects(), whole ? snapshot.service().version() : snapshot.appliedVersion(),
                    whole ? List.of() : snapshot.driftPending(), snapshot.outcome());
            })
            .chain(() -> after(FailPoint.Step.SETTLED));
    }

    private Uni<Void> after(FailPoint.Step step) {
        return parts.failPoint().after(step, service);
    }

    /** A session of Hibernate Reactive has to be used on one context; an answer of the provider may come on another. */
    private <T> Uni<T> here(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(work::get).runSubscriptionOn(context);
    }
}
