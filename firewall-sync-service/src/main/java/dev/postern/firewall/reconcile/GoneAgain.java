// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.postgres.ReconcileStore.GoneObject;
import dev.postern.firewall.postgres.ReconcileStore.ManagedObject;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Objects of ours that the provider reported gone and may show again: after a credential of another team, say, or an incomplete listing. They are read
 * at every check, before a replacement is created, and before an opening is reported closed: an object that exists after all still allows its addresses.
 */
final class GoneAgain {
    private final RunContext run;
    private final AccountState target;
    private final Predicate<Throwable> maySkip;
    private Optional<CloudFailure> unread = Optional.empty();

    /** @param maySkip of which failures one object's read is left out, since closings must not wait for it */
    GoneAgain(RunContext run, AccountState target, Predicate<Throwable> maySkip) {
        this.run = run;
        this.target = target;
        this.maySkip = maySkip;
    }

    /** Returns the first read failure; empty if every requested object was read. */
    Optional<CloudFailure> unread() {
        return unread;
    }

    /** Returns the read, with the objects that exist again. */
    Uni<Observation> in(Observation look) {
        List<GoneObject> objects = run.snapshot().gone().stream().filter(object -> object.account().equals(target.account())).toList();
        Urgency urgency = run.errand().urgency();
        boolean asked = urgency != Urgency.OPENING || target.plan(look).creates() || !target.plan(look).unplaced().isEmpty();
        if (objects.isEmpty() || !asked) {
            return Uni.createFrom().item(look);
        }
        Map<String, GoneObject> byId = new HashMap<>();
        objects.forEach(object -> byId.putIfAbsent(object.id(), object));
        return read(byId.keySet()).chain(found -> {
            target.askedForGone(unread.isEmpty());
            List<ShownFirewall> own = new ArrayList<>(look.own());
            Uni<Void> noted = Uni.createFrom().voidItem();
            for (ShownFirewall shown : found) {
                noted = noted.chain(() -> ours(byId.get(shown.id()), shown, look).invoke(own::addAll).replaceWithVoid());
            }
            return noted.map(all -> found.isEmpty() ? look
                : target.saw(new Observation(look.account(), own, look.namesTaken(), look.listed(), look.at())));
        });
    }

    /** Records a known object. If its name belongs to another object of ours by now, its displayed name is used. */
    private Uni<List<ShownFirewall>> ours(GoneObject object, ShownFirewall shown, Observation look) {
        if (target.byId(object.id()).isPresent()) {
            return Uni.createFrom().item(List.of());
        }
        String name = hasId(object.name()) ? shown.name() : object.name();
        if (hasId(name)) {
            target.askedForGone(false); // two objects of one name: nothing is claimed of them
            return Uni.createFrom().item(List.of());
        }
        target.know(new ManagedObject(object.account(), name, Optional.of(object.id()), false, target.later(), look.at(), look.at(), List.of()));
        return run.parts().store().noteFound(run.service(), new GoneObject(object.account(), name, object.id()))
            .map(noted -> List.of(target.named(shown, look.at())));
    }

    private boolean hasId(String name) {
        return target.byName(name).filter(known -> known.id().isPresent()).isPresent();
    }

    /** Reads them together; if that fails, each by itself, so that one object's failure hides no other. */
    private Uni<List<ShownFirewall>> read(Set<String> ids) {
        return target.cloud().read(ids).onFailure(maySkip).recoverWithUni(failure -> readApart(ids));
    }

    private Uni<List<ShownFirewall>> readApart(Collection<String> ids) {
        Uni<List<ShownFirewall>> all = Uni.createFrom().item(new ArrayList<>());
        for (String id : ids) {
            all = all.chain(found -> target.cloud().read(List.of(id)).onFailure(maySkip).recoverWithItem(failure -> {
                unread = Optional.of((CloudFailure) failure);
                return List.of();
            }).invoke(found::addAll).replaceWith(found));
        }
        return all;
    }
}
