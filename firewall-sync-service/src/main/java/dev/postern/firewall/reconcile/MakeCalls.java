// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.Opening;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.budget.CloudFailure.Kind;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallPlan;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.postgres.ReconcileStore.ManagedObject;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the calls of one plan at one account. A refusal concerns one object: the calls for the others are made all the same. Removals are made even if
 * the rest of their call is refused. Single use.
 */
final class MakeCalls {
    /** Failures that guarantee that the call had no effect. */
    private static final Set<Kind> REFUSALS = EnumSet.of(Kind.REFUSED, Kind.CONFLICT, Kind.CREDENTIAL, Kind.FORBIDDEN, Kind.BUDGET, Kind.BUSY, Kind.SHARE);
    /** These are of the whole account. */
    private static final Set<Kind> OF_ACCOUNT = EnumSet.of(Kind.CREDENTIAL, Kind.BUDGET, Kind.SHARE);
    /** These are of what was asked for. */
    private static final Set<Kind> OF_CONTENT = EnumSet.of(Kind.REFUSED, Kind.CONFLICT);

    private final RunContext run;
    private final AccountState target;
    private final Observation look;
    private Optional<CloudFailure> first = Optional.empty();
    private boolean stopped;
    private boolean learned;
    private boolean askedForMissing;

    /** @param look the provider read that the plan is based on */
    MakeCalls(RunContext run, AccountState target, Observation look) {
        this.run = run;
        this.target = target;
        this.look = look;
    }

    /** Returns whether something was learned by which the next plan differs. */
    boolean learned() {
        return learned;
    }

    /** Makes the calls in their order. @return the first failure */
    Uni<Optional<CloudFailure>> of(FirewallPlan plan) {
        Uni<Void> done = Uni.createFrom().voidItem();
        for (FirewallPlan.Call call : plan.calls()) {
            done = done.chain(() -> stopped ? Uni.createFrom().voidItem()
                : call(call).onFailure(CloudFailure.class).recoverWithUni(failure -> failed((CloudFailure) failure)));
        }
        return done.map(ended -> first);
    }

    private Uni<Void> failed(CloudFailure failure) {
        first = first.or(() -> Optional.of(failure));
        stopped |= OF_ACCOUNT.contains(failure.kind()) || !run.parts().ownership().owns(run.service());
        return Uni.createFrom().voidItem();
    }

    private Uni<Void> call(FirewallPlan.Call call) {
        if (!run.parts().ownership().owns(run.service())) {
            return Uni.createFrom().failure(new CloudFailure(Kind.UNCLEAR, "another process may own the service now", Optional.empty()));
        }
        target.asks();
        run.asks();
        if (call instanceof FirewallPlan.Create create) {
            return create(create.content().without(ended()));
        }
        if (call instanceof FirewallPlan.Replace replace) {
            return replace(replace);
        }
        if (call instanceof FirewallPlan.Detach detach) {
            return detach(detach);
        }
        return delete(call.name(), ((FirewallPlan.Delete) call).id());
    }

    /** Returns desired accesses that expired during the run: nobody gains access after their end, however long earlier calls took. */
    private Set<Access> ended() {
        Instant now = run.clock();
        Set<Access> over = new HashSet<>();
        Set<Access> wanted = new HashSet<>();
        for (Opening opening : target.explaining(run.snapshot().openings())) {
            (opening.wanted(now) ? wanted : over).add(opening.granted().access());
        }
        over.removeAll(wanted);
        return over;
    }

    private Uni<Void> create(FirewallContent content) {
        if (content.inbound().isEmpty() && !target.later()) {
            return Uni.createFrom().voidItem();
        }
        FirewallContent asked = target.later() ? new FirewallContent(content.name(), java.util.List.of(), content.attachment()) : content;
        String digest = asked.digest();
        ManagedObject noted = ManagedObject.asked(target.account(), asked.name(), digest, target.later(), target.byName(asked.name()), run.clock());
        return run.parts().store().noteCreating(run.service(), noted).chain(may -> {
            if (!may) {
                target.nameTaken(asked.name());
                learned = true;
                return Uni.createFrom().voidItem();
            }
            target.know(noted);
            return run.after(FailPoint.Step.CREATING_NOTED).chain(() -> target.cloud().create(asked))
                .onFailure(MakeCalls::refused).recoverWithUni(failure -> notMade(noted, asked, digest, (CloudFailure) failure))
                .call(() -> run.after(FailPoint.Step.CREATED)).chain(id -> made(noted.answered(Optional.of(id), digest), asked));
        });
    }

    private Uni<Void> made(ManagedObject object, FirewallContent asked) {
        target.know(object);
        accepted(asked.accesses());
        return run.parts().store().noteAnswered(object).chain(() -> run.after(FailPoint.Step.CREATED_NOTED));
    }

    /** A refusal is a definite answer: nothing of that name is ours because of this call. */
    private Uni<String> notMade(ManagedObject noted, FirewallContent asked, String digest, CloudFailure failure) {
        ManagedObject rest = noted.answered(Optional.empty(), digest);
        if (rest.digests().isEmpty()) {
            target.forget(noted.name());
        } else {
            target.know(rest);
        }
        Uni<Void> known = run.parts().store().noteAnswered(rest);
        if (failure.kind() == Kind.CONFLICT) {
            target.nameTaken(asked.name());
            learned = true;
        } else if (failure.kind() == Kind.REFUSED) {
            known = known.chain(() -> learn(asked, Set.of(), failure));
        }
        return known.chain(() -> Uni.createFrom().failure(failure));
    }

    private Uni<Void> replace(FirewallPlan.Replace replace) {
        Set<Access> over = ended();
        FirewallContent content = replace.content().without(over);
        Optional<FirewallContent> removal = replace.removal();
        if (content.inbound().isEmpty() && !target.later()) {
            if (removal.isEmpty()) {
                learned = true;
                return Uni.createFrom().voidItem(); // the next run takes it out
            }
            content = removal.get();
        }
        FirewallContent asked = content;
        return stay(replace.id()).chain(() -> put(replace.id(), asked))
            .invoke(() -> accepted(newcomers(replace.id(), asked)))
            .onFailure(MakeCalls::ofContent).recoverWithUni(failure -> removal.filter(only -> !only.equals(asked))
                .map(only -> put(replace.id(), only)).orElse(Uni.createFrom().voidItem())
                .onFailure(CloudFailure.class).recoverWithUni(again -> Uni.createFrom().voidItem()) // the first refusal says why
                .chain(() -> learn(replace, asked, (CloudFailure) failure))
                .chain(() -> Uni.createFrom().failure(failure)))
            .chain(() -> run.after(FailPoint.Step.REPLACED));
    }

    private Uni<Void> put(String id, FirewallContent content) {
        target.learned().changing(id);
        return target.cloud().replace(id, content).invoke(() -> target.learned().changed(id, content));
    }

    private Uni<Void> learn(FirewallPlan.Replace replace, FirewallContent asked, CloudFailure failure) {
        if (failure.kind() == Kind.CONFLICT) {
            learned |= target.learned().keepName(replace.id(), run.clock());
            target.planAgain();
            return Uni.createFrom().voidItem();
        }
        return learn(asked, shown(replace.id()), failure);
    }

    private Set<Access> shown(String id) {
        return look.own().stream().filter(each -> each.id().equals(id)).findFirst().map(ShownFirewall::accesses).orElse(Set.of());
    }

    private Set<Access> newcomers(String id, FirewallContent asked) {
        Set<Access> newcomers = asked.accesses();
        newcomers.removeAll(shown(id));
        return newcomers;
    }

    private void accepted(Set<Access> newcomers) {
        if (!newcomers.isEmpty()) {
            target.learned().accept();
        }
    }

    /** Remembers a refusal: its cause may be the attachment, otherwise the addresses to add. */
    private Uni<Void> learn(FirewallContent asked, Set<Access> shown, CloudFailure failure) {
        return missing().invoke(more -> {
            learned |= more;
            Set<Access> newcomers = asked.accesses();
            newcomers.removeAll(shown);
            if (!more && !newcomers.isEmpty()) {
                target.learned().refuse(newcomers, failure.getMessage(), run.clock());
                learned = true;
            }
            target.planAgain();
        }).replaceWithVoid();
    }

    private Uni<Boolean> missing() {
        Optional<ServiceContent> content = target.content();
        if (askedForMissing || content.isEmpty() || content.get().attachment().equals(DesiredState.NOTHING)) {
            return Uni.createFrom().item(false);
        }
        askedForMissing = true;
        return target.cloud().missing(content.get().attachment()).map(found -> target.learned().missing(found, run.clock()))
            .onFailure(CloudFailure.class).recoverWithItem(false);
    }

    /** An object that was about to leave is to stay after all; one whose provider works on later is marked. */
    private Uni<Void> stay(String id) {
        Optional<ManagedObject> known = target.byId(id);
        if (known.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Uni<Void> marked = Uni.createFrom().voidItem();
        if (target.later()) {
            target.know(known.get().asked(true));
            marked = run.parts().store().noteAsked(target.account(), known.get().name(), true);
        }
        if (known.get().leaving()) {
            ManagedObject staying = target.byId(id).get().staying();
            target.know(staying);
            marked = marked.chain(() -> run.parts().store().noteAnswered(staying));
        }
        return marked;
    }

    private Uni<Void> leave(String id) {
        Optional<ManagedObject> known = target.byId(id);
        known.ifPresent(object -> target.know(object.going()));
        return known.filter(ManagedObject::leaving).isPresent() ? Uni.createFrom().voidItem()
            : run.parts().store().noteLeaving(target.account(), id).chain(() -> run.after(FailPoint.Step.LEAVING_NOTED));
    }

    private Uni<Void> detach(FirewallPlan.Detach detach) {
        Optional<ManagedObject> known = target.byId(detach.id());
        Uni<Void> marked = Uni.createFrom().voidItem();
        if (target.later() && known.isPresent()) {
            target.know(known.get().asked(true));
            marked = run.parts().store().noteAsked(target.account(), known.get().name(), true);
        }
        return marked.chain(() -> leave(detach.id())).chain(() -> put(detach.id(), detach.content()))
            .onFailure(taken -> isConflict(taken) && !target.later()).recoverWithUni(taken -> put(detach.id(), withAnotherName(detach, detach.content())))
            .onFailure(MakeCalls::ofContent).recoverWithUni(refused -> detach.emptied().map(emptied -> empty(detach, emptied))
                .orElse(Uni.createFrom().failure(refused)))
            .onFailure(MakeCalls::ofKind).recoverWithUni(refused -> deleteInUse(detach))
            .chain(() -> run.after(FailPoint.Step.REPLACED));
    }

    /** Lets nobody in through an object that stays attached: under another name if its own is taken, and attached to what the provider has of it. */
    private Uni<Void> empty(FirewallPlan.Detach detach, FirewallContent emptied) {
        return put(detach.id(), emptied)
            .onFailure(MakeCalls::isConflict).recoverWithUni(taken -> put(detach.id(), withAnotherName(detach, emptied)))
            .onFailure(MakeCalls::ofContent)
            .recoverWithUni(refused -> attached(detach.id())
                .chain(attachment -> attachment.equals(emptied.attachment()) || attachment.equals(DesiredState.NOTHING) ? Uni.createFrom().failure(refused)
                    : put(detach.id(), new FirewallContent(detach.name() + "-" + detach.id(), emptied.inbound(), attachment))));
    }

    /** Returns the attachment of an object as shown, without what the provider does not have by now. */
    private Uni<Attachment> attached(String id) {
        Attachment shown = look.own().stream().filter(each -> each.id().equals(id)).findFirst().map(ShownFirewall::attachment).orElse(DesiredState.NOTHING);
        return target.cloud().missing(shown).map(missing -> AttachedGroup.without(shown, missing));
    }

    private static boolean isConflict(Throwable failure) {
        return failure instanceof CloudFailure cloud && cloud.kind() == Kind.CONFLICT;
    }

    /** A name taken by another client must not keep the object attached. */
    private static FirewallContent withAnotherName(FirewallPlan.Detach detach, FirewallContent content) {
        return new FirewallContent(detach.name() + "-" + detach.id(), content.inbound(), content.attachment());
    }

    /** The provider shows nothing of a deleted object while the deletion is on its way, so {@code closed} is not told for a while. */
    private Uni<Void> deleteInUse(FirewallPlan.Detach detach) {
        target.learned().deletingInUse(run.clock());
        return delete(detach.name(), detach.id()).invoke(() -> target.learned().deletingInUse(run.clock()));
    }

    private Uni<Void> delete(String name, String id) {
        return leave(id).chain(() -> target.cloud().delete(id)).invoke(() -> target.deleted(id)).chain(() -> run.after(FailPoint.Step.DELETED));
    }

    private static boolean refused(Throwable failure) {
        return failure instanceof CloudFailure cloud && REFUSALS.contains(cloud.kind());
    }

    /** Another kind of call may be taken where this one is refused. */
    private static boolean ofKind(Throwable failure) {
        return ofContent(failure) || failure instanceof CloudFailure cloud && (cloud.kind() == Kind.FORBIDDEN || cloud.kind() == Kind.GONE);
    }

    private static boolean ofContent(Throwable failure) {
        return failure instanceof CloudFailure cloud && OF_CONTENT.contains(cloud.kind());
    }
}
