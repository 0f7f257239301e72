// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Plans the provider calls that make the observed state match the desired state. An address stays in the rule that holds it. A new one fills a gap in a
 * rule with its ports; without a gap it gets a new rule, and without room for a rule a new object. An address is in the plan once for each part of the
 * attachment, however many grants need it. An object without remaining addresses is detached first, and deleted once the provider shows it detached.
 */
public final class PlanFirewall {
    private static final FirewallRule LETS_NOBODY_IN = new FirewallRule(Access.NOBODY.door(), List.of(Access.NOBODY.source()));

    private final DesiredState desired;
    private final ObservedState observed;
    private final ProviderLimits limits;
    private final Set<String> taken;
    private final List<FirewallPlan.Call> removals = new ArrayList<>();
    private final List<FirewallPlan.Call> additions = new ArrayList<>();
    private final List<FirewallPlan.Call> deletions = new ArrayList<>();
    private final Set<Access> unplaced = new HashSet<>();
    private final Set<Access> waiting = new HashSet<>();

    private PlanFirewall(DesiredState desired, ObservedState observed, ProviderLimits limits) {
        this.desired = desired;
        this.observed = observed;
        this.limits = limits;
        this.taken = new HashSet<>(observed.namesTaken());
        observed.own().forEach(shown -> {
            taken.add(shown.name());
            taken.add(shown.nameAtProvider());
        });
    }

    /** Returns the plan. A function of its arguments alone, from scratch every time: nothing is kept from one plan to the next. */
    public static FirewallPlan plan(DesiredState desired, ObservedState observed, ProviderLimits limits) {
        PlanFirewall planning = new PlanFirewall(desired, observed, limits);
        AttachedGroup.of(desired.attachment(), observed.missing(), observed.own(), limits).forEach(planning::group);
        boolean closes = !planning.removals.isEmpty();
        List<FirewallPlan.Call> calls = new ArrayList<>(planning.removals);
        calls.addAll(planning.additions);
        calls.addAll(planning.deletions);
        return new FirewallPlan(calls, closes, planning.unplaced, planning.waiting);
    }

    private void group(AttachedGroup part) {
        LayoutGroup group = new LayoutGroup(limits);
        boolean here = desired.attachment().isPresent() && part.reaches(limits);
        Set<Access> wanted = here ? desired.wanted() : Set.of();
        // who is in two objects stays in the one that is attached: the other is perhaps on its way out
        part.own().stream().sorted(Comparator.comparing(shown -> !shown.covers(part.attachment())))
            .forEach(shown -> group.keep(shown, wanted, here ? desired.held() : Set.of()));
        offer(group, here, wanted);
        boolean standsEmpty = here && limits.standsEmpty();
        group.objects().forEach(object -> object(object, part.attachment(), standsEmpty));
        if (standsEmpty && group.objects().isEmpty()) {
            limits.freeName(desired.names(), desired.service(), taken)
                .ifPresent(name -> additions.add(new FirewallPlan.Create(new FirewallContent(name, List.of(), part.attachment()))));
        }
    }

    private void offer(LayoutGroup group, boolean here, Set<Access> wanted) {
        if (!here) {
            unplaced.addAll(desired.attachment().isPresent() ? desired.wanted() : Set.of());
            return;
        }
        List<Access> newcomers = wanted.stream().filter(access -> !group.places(access)).sorted().toList();
        int offered = 0;
        for (Access newcomer : newcomers) {
            if (offered >= desired.newcomers().max() || desired.newcomers().refused().contains(newcomer)) {
                waiting.add(newcomer);
            } else if (group.add(newcomer)) {
                offered++;
            } else {
                unplaced.add(newcomer);
            }
        }
    }

    private void object(LayoutObject object, Attachment attachment, boolean standsEmpty) {
        if (object.shown().isEmpty()) {
            Optional<String> name = limits.freeName(desired.names(), desired.service(), taken);
            name.ifPresentOrElse(free -> {
                taken.add(free);
                additions.add(new FirewallPlan.Create(object.content(free, attachment)));
            }, () -> unplaced.addAll(object.accesses()));
            return;
        }
        ShownFirewall shown = object.shown().get();
        if (object.isEmpty() && !standsEmpty) {
            leave(object, shown);
        } else if (object.takesAway()) {
            removals.add(new FirewallPlan.Replace(shown.id(), object.content(shown.name(), attachment), Optional.of(removal(object, shown))));
        } else if (!object.asShown(attachment)) {
            additions.add(new FirewallPlan.Replace(shown.id(), object.content(shown.name(), attachment), Optional.empty()));
        }
    }

    /**
     * Nobody is left in the object: it is made harmless first (detached, or attached with a rule that lets nobody in), and deleted when that is shown as
     * done. Of a deleted object nothing is shown any more, though the change that was pending, or the deletion, may still be on its way to Droplets.
     */
    private void leave(LayoutObject object, ShownFirewall shown) {
        boolean attached = !shown.attachment().equals(DesiredState.NOTHING);
        boolean harmless = limits.standsEmpty() ? !object.takesAway() && shown.progress() != ShownFirewall.Progress.FAILED
            : !attached || shown.progress() != ShownFirewall.Progress.FAILED && shown.accesses().stream().allMatch(Access.NOBODY::equals);
        boolean reaches = attached && !shown.strange().isEmpty(); // by rules that have no form of ours
        boolean pending = shown.progress() == ShownFirewall.Progress.PENDING;
        if (!harmless || reaches && pending) {
            removals.add(new FirewallPlan.Detach(shown.id(), shown.name(), detached(shown), emptied(shown)));
        } else if (!pending) {
            (reaches ? removals : deletions).add(new FirewallPlan.Delete(shown.id(), shown.name()));
        }
    }

    /** A firewall has at least one rule. The detached one has none of those that it shows: the provider may refuse by now what it took before. */
    private FirewallContent detached(ShownFirewall shown) {
        return new FirewallContent(shown.nameAtProvider(), limits.standsEmpty() ? List.of() : List.of(LETS_NOBODY_IN), DesiredState.NOTHING);
    }

    /** The object as it is attached, letting nobody in: for a provider that refuses to detach it. */
    private Optional<FirewallContent> emptied(ShownFirewall shown) {
        return limits.standsEmpty() ? Optional.empty() : Optional.of(new FirewallContent(shown.nameAtProvider(), List.of(LETS_NOBODY_IN),
            AttachedGroup.without(shown.attachment(), observed.missing())));
    }

    /** Removes accesses and changes nothing else: name and attachment as shown, no additions. */
    private FirewallContent removal(LayoutObject object, ShownFirewall shown) {
        List<FirewallRule> rules = object.staying();
        if (rules.isEmpty() && desired.wanted().equals(Set.of(Access.NOBODY))) {
            rules = List.of(LETS_NOBODY_IN); // detached, it would let everybody in
        }
        if (rules.isEmpty() && !limits.standsEmpty()) {
            return shown.inbound().isEmpty() ? object.content(shown.nameAtProvider(), DesiredState.NOTHING) : detached(shown);
        }
        return new FirewallContent(shown.nameAtProvider(), rules, AttachedGroup.without(shown.attachment(), observed.missing()));
    }
}
