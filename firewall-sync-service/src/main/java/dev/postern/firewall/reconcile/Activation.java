package dev.postern.firewall.reconcile;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.Access;
import dev.postern.firewall.FindDrift;
import dev.postern.firewall.FirewallName;
import dev.postern.firewall.FirewallPlan;
import dev.postern.firewall.Opening;
import dev.postern.firewall.PlanFirewall;
import dev.postern.firewall.ServiceContent;
import dev.postern.firewall.Settle;
import dev.postern.firewall.ShownFirewall;
import dev.postern.firewall.cloud.CallBudget;
import dev.postern.firewall.cloud.CloudFailure;
import dev.postern.firewall.cloud.CloudFirewall;
import dev.postern.firewall.postgres.ReconciliationStore;
import dev.postern.firewall.postgres.ReconciliationStore.KnownObject;
import dev.postern.firewall.postgres.ReconciliationStore.Snapshot;
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
 * One activation of one service: read what is wanted, look at the provider, plan, call, look again; and only if the second look shows the plan with
 * nothing pending, say so. Whatever ends it in between, the next activation starts from the same two readings and comes to the same end.
 */
final class Activation {
    private static final Attachment NOTHING = new Attachment(List.of(), List.of());

    private final ServiceName service;
    private final Parts parts;
    private final Executor context;
    private final Duration pendingFor;
    private final Instant plannedAt;
    private final EarlyLook early;
    private Snapshot snapshot;
    private boolean said;

    /**
     * @param context    where its transactions run
     * @param pendingFor for how long the provider has been at earlier changes, as far as this process knows
     * @param expected   the objects by account that the activation before left, which are looked at while what is wanted is read
     */
    Activation(ServiceName service, Parts parts, Executor context, Duration pendingFor, Instant now, Map<AccountName, List<String>> expected) {
        this.service = service;
        this.parts = parts;
        this.context = context;
        this.pendingFor = pendingFor;
        this.plannedAt = now;
        this.early = new EarlyLook(parts.clouds(), expected);
    }

    /** Objects of ours as the provider showed them, and names that others have. */
    private record Look(List<ShownFirewall> own, Set<String> namesTaken, boolean listed) {
        boolean pending() {
            return own.stream().anyMatch(shown -> shown.progress() == ShownFirewall.Progress.PENDING);
        }
    }

    /** One account in which the service has, or is to have, objects. */
    private final class Target {
        private final AccountName account;
        private final CloudFirewall cloud;
        private final Attachment attachment;
        private final Set<Access> wanted;
        private final Map<String, KnownObject> known = new LinkedHashMap<>(); // by name

        Target(AccountName account, CloudFirewall cloud, Attachment attachment, Set<Access> wanted) {
            this.account = account;
            this.cloud = cloud;
            this.attachment = attachment;
            this.wanted = wanted;
            snapshot.objects().stream().filter(object -> object.account().equals(account)).forEach(object -> known.put(object.name(), object));
        }

        List<String> ids() {
            return known.values().stream().flatMap(object -> object.id().stream()).toList();
        }

        ShownFirewall named(ShownFirewall shown) {
            return known.values().stream().filter(object -> object.id().equals(Optional.of(shown.id()))).findFirst()
                .map(object -> shown.named(object.name())).orElse(shown);
        }

        FirewallPlan plan(Look look) {
            return PlanFirewall.plan(service, attachment, wanted, look.own(), look.namesTaken(), cloud.limits());
        }

        void know(String name, Optional<String> id, boolean leaving) {
            known.put(name, new KnownObject(account, name, id, leaving));
        }
    }

    /** Whether the run's outcome is written down already. */
    boolean said() {
        return said;
    }

    /** The objects that this activation knew of, by account: the next one may begin to look at them before it has read of them. */
    Map<AccountName, List<String>> expectedNext() {
        Map<AccountName, List<String>> expected = new HashMap<>();
        if (snapshot != null) {
            snapshot.objects().forEach(object -> object.id().ifPresent(id -> expected.computeIfAbsent(object.account(), none -> new ArrayList<>()).add(id)));
        }
        return expected;
    }

    /** What the service's account has left. */
    CallBudget budget() {
        return Optional.ofNullable(snapshot).flatMap(loaded -> loaded.service().account()).flatMap(parts.clouds()::firewalls)
            .map(CloudFirewall::budget).orElse(CallBudget.UNKNOWN);
    }

    Uni<RunOutcome> run() {
        return parts.ownership().take(service).invoke(owned -> {
            if (owned) {
                early.begin();
            }
        }).chain(owned -> owned
            ? parts.store().load(service).invoke(loaded -> snapshot = loaded).call(() -> after(FailPoint.Step.LOADED)).chain(this::reconcile)
            : Uni.createFrom().item(new RunOutcome.NotOwner()));
    }

    private Uni<RunOutcome> reconcile() {
        Optional<ServiceContent> content = snapshot.service().content();
        Set<Access> wanted = content.isEmpty() ? Set.of() : Settle.wanted(snapshot.openings(), plannedAt);
        Set<AccountName> accounts = new LinkedHashSet<>();
        snapshot.objects().forEach(object -> accounts.add(object.account()));
        content.ifPresent(said -> accounts.add(said.account()));
        Uni<RunOutcome> outcome = Uni.createFrom().item(new RunOutcome.Settled());
        for (AccountName account : accounts) {
            boolean here = content.isPresent() && content.get().account().equals(account);
            outcome = outcome.chain(before -> bring(account, here ? content.get().attachment() : NOTHING, here ? wanted : Set.of())
                .map(next -> before instanceof RunOutcome.Settled ? next : before));
        }
        return outcome.chain(last -> last instanceof RunOutcome.Settled ? settle(wanted).replaceWith(last) : Uni.createFrom().item(last));
    }

    private Uni<RunOutcome> bring(AccountName account, Attachment attachment, Set<Access> wanted) {
        Optional<CloudFirewall> cloud = parts.clouds().firewalls(account);
        if (cloud.isEmpty()) {
            return Uni.createFrom().item(new RunOutcome.Failed(Optional.empty(), "account " + account + " is not configured", Optional.empty()));
        }
        Target target = new Target(account, cloud.get(), attachment, wanted);
        boolean unsure = target.known.values().stream().anyMatch(object -> object.id().isEmpty());
        return (unsure ? list(target) : shown(target, early.read(account, target.ids())))
            .call(() -> after(FailPoint.Step.OBSERVED))
            .call(look -> drift(target, look))
            .chain(look -> {
                FirewallPlan plan = target.plan(look);
                return plan.creates() && !look.listed() ? list(target).chain(all -> execute(target, all, target.plan(all))) : execute(target, look, plan);
            });
    }

    private Uni<Look> look(Target target) {
        return shown(target, target.cloud.read(target.ids()));
    }

    private static Uni<Look> shown(Target target, Uni<List<ShownFirewall>> read) {
        return read.map(own -> new Look(own.stream().map(target::named).toList(), Set.of(), false));
    }

    /** Also finds an object that a crash kept us from noting: it has a name that was noted before it was made. */
    private Uni<Look> list(Target target) {
        return target.cloud.readAll().chain(all -> {
            Set<String> ids = new HashSet<>(target.ids());
            List<ShownFirewall> own = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            Uni<Void> noted = Uni.createFrom().voidItem();
            for (ShownFirewall shown : all) {
                KnownObject object = target.known.get(shown.name());
                if (ids.contains(shown.id())) {
                    own.add(target.named(shown));
                } else if (object != null && object.id().isEmpty()) {
                    own.add(shown);
                    target.know(shown.name(), Optional.of(shown.id()), false);
                    noted = noted.chain(() -> parts.store().noteCreated(target.account, shown.name(), shown.id()));
                } else if (shown.name().startsWith(FirewallName.PREFIX)) {
                    taken.add(shown.name());
                }
            }
            return noted.replaceWith(new Look(own, taken, true));
        });
    }

    private Uni<Void> drift(Target target, Look look) {
        Map<String, String> known = new HashMap<>();
        target.known.values().stream().filter(object -> !object.leaving()).forEach(object -> object.id().ifPresent(id -> known.put(id, object.name())));
        boolean here = snapshot.service().content().map(said -> said.account().equals(target.account)).orElse(false);
        Optional<Attachment> attachment = here && snapshot.appliedVersion() == snapshot.service().version()
            ? Optional.of(target.attachment) : Optional.empty();
        List<String> lines = FindDrift.in(known, look.own(), snapshot.openings(), attachment);
        Instant now = Instant.now();
        Map<Opening, Opening> lost = here ? ReconciliationStore.pairs(snapshot.openings(), Settle.lost(snapshot.openings(), look.own(), now)) : Map.of();
        Set<String> all = new LinkedHashSet<>(snapshot.driftPending());
        if (!all.addAll(lines) && lost.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<String> noted = all.stream().limit(100).toList();
        parts.metrics().drift(lines.size());
        return here(() -> parts.store().foundDrift(service, target.account, noted, lost, now))
            .invoke(news -> parts.metrics().told(news.changes()))
            .invoke(news -> snapshot = new Snapshot(snapshot.service(),
                snapshot.openings().stream().map(opening -> lost.getOrDefault(opening, opening)).toList(), snapshot.objects(), snapshot.appliedVersion(),
                noted, snapshot.outcome()))
            .chain(() -> after(FailPoint.Step.DRIFT_NOTED));
    }

    private Uni<RunOutcome> execute(Target target, Look look, FirewallPlan plan) {
        if (look.pending() && (plan.isEmpty() || pendingFor.compareTo(plan.closes() ? parts.holdClosingMax() : parts.holdOpeningMax()) < 0)) {
            return Uni.createFrom().item(new RunOutcome.Pending());
        }
        if (plan.isEmpty()) {
            return forgetGone(target, look).replaceWith(new RunOutcome.Settled());
        }
        Uni<Void> done = Uni.createFrom().voidItem();
        for (FirewallPlan.Call call : plan.calls()) {
            done = done.chain(() -> call(target, call));
        }
        return done.chain(() -> look(target)).call(() -> after(FailPoint.Step.REREAD)).chain(again -> {
            if (again.pending()) {
                return Uni.createFrom().item(new RunOutcome.Pending());
            }
            if (!target.plan(again).isEmpty()) {
                return Uni.createFrom().item(new RunOutcome.Failed(Optional.of(CloudFailure.Kind.UNCLEAR),
                    "the provider does not show what it was told", Optional.empty()));
            }
            return forgetGone(target, again).replaceWith(new RunOutcome.Settled());
        });
    }

    private Uni<Void> call(Target target, FirewallPlan.Call call) {
        if (!parts.ownership().owns(service)) {
            return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.UNCLEAR, "another process may own the service now", Optional.empty()));
        }
        if (call instanceof FirewallPlan.Create create) {
            return parts.store().noteCreating(service, target.account, create.name())
                .invoke(() -> target.know(create.name(), Optional.empty(), false))
                .chain(() -> after(FailPoint.Step.CREATING_NOTED))
                .chain(() -> target.cloud.create(create.content())).call(() -> after(FailPoint.Step.CREATED))
                .chain(id -> parts.store().noteCreated(target.account, create.name(), id)
                    .invoke(() -> target.know(create.name(), Optional.of(id), false)))
                .chain(() -> after(FailPoint.Step.CREATED_NOTED));
        }
        if (call instanceof FirewallPlan.Replace replace) {
            return stay(target, replace).chain(() -> target.cloud.replace(replace.id(), replace.content())).chain(() -> after(FailPoint.Step.REPLACED));
        }
        FirewallPlan.Delete delete = (FirewallPlan.Delete) call;
        return parts.store().noteLeaving(target.account, delete.id()).chain(() -> after(FailPoint.Step.LEAVING_NOTED))
            .chain(() -> target.cloud.delete(delete.id())).chain(() -> after(FailPoint.Step.DELETED));
    }

    /** An object that was about to leave is to stay after all. */
    private Uni<Void> stay(Target target, FirewallPlan.Replace replace) {
        KnownObject known = target.known.get(replace.name());
        return known != null && known.leaving() ? parts.store().noteCreated(target.account, replace.name(), replace.id()) : Uni.createFrom().voidItem();
    }

    /** What is not shown and not wanted is no object of ours any more. */
    private Uni<Void> forgetGone(Target target, Look look) {
        Set<String> shown = new HashSet<>();
        look.own().forEach(firewall -> shown.add(firewall.id()));
        Uni<Void> forgotten = Uni.createFrom().voidItem();
        for (KnownObject object : target.known.values()) {
            if (object.id().map(id -> !shown.contains(id)).orElse(look.listed())) {
                forgotten = forgotten.chain(() -> parts.store().forget(target.account, object.name()));
            }
        }
        return forgotten;
    }

    private Uni<Void> settle(Set<Access> wanted) {
        Instant shownAt = Instant.now();
        Map<Opening, Opening> changed = ReconciliationStore.pairs(snapshot.openings(), Settle.changed(snapshot.openings(), wanted, plannedAt, shownAt));
        boolean applied = snapshot.appliedVersion() == snapshot.service().version();
        Optional<AccountName> account = snapshot.service().account();
        if (account.isEmpty() || changed.isEmpty() && applied && snapshot.driftPending().isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return here(() -> parts.store().settle(snapshot, account.get(), changed, shownAt, budget()))
            .invoke(news -> {
                said = true;
                parts.metrics().settled(changed, news, shownAt);
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
