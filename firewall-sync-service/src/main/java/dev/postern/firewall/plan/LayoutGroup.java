// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.SourceAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The objects of one part of a service's attachment: each access is in one rule of one of them. */
final class LayoutGroup {
    private final ProviderLimits limits;
    private final List<LayoutObject> objects = new ArrayList<>();
    private final Map<Access, LayoutRule> placed = new HashMap<>();
    private final Map<Access.Ports, Deque<LayoutRule>> room = new HashMap<>();

    LayoutGroup(ProviderLimits limits) {
        this.limits = limits;
    }

    List<LayoutObject> objects() {
        return objects;
    }

    /** Returns whether an object of the part holds the access. */
    boolean places(Access access) {
        return placed.containsKey(access);
    }

    /**
     * Keeps what of an object can stay: what is wanted and not kept by an earlier one, and what is held. A provider may show equal rules as one.
     *
     * @param held what is not taken out of the object that shows it, whichever other one shows it, too
     */
    void keep(ShownFirewall shown, Set<Access> wanted, Set<Access> held) {
        LayoutObject object = new LayoutObject(shown);
        objects.add(object);
        for (FirewallRule rule : shown.inbound()) {
            LayoutRule part = null;
            for (SourceAddress source : rule.sources()) {
                Access access = new Access(rule.door().protocol(), rule.door().ports(), source);
                LayoutRule elsewhere = placed.get(access);
                boolean stays = held.contains(access) ? elsewhere == null || elsewhere.object() != object : elsewhere == null && wanted.contains(access);
                boolean full = part == null || part.size() == limits.addressesPerRuleMax();
                if (stays && !(full && object.rules().size() >= limits.rulesPerFirewallMax())) {
                    part = full ? newRule(object, rule.door()) : part;
                    place(access, part);
                } else if (elsewhere == null || elsewhere.object() != object) {
                    object.drop(access);
                }
            }
        }
        object.rules().forEach(this::offer);
    }

    /** Places a newcomer. @return whether there was room */
    boolean add(Access access) {
        LayoutRule rule = roomy(access.door());
        rule = rule != null ? rule : another(access.door());
        if (rule == null) {
            return false;
        }
        place(access, rule);
        rule.object().added(access);
        return true;
    }

    private void place(Access access, LayoutRule rule) {
        rule.add(access.source());
        placed.put(access, rule);
    }

    private LayoutRule roomy(Access.Ports door) {
        Deque<LayoutRule> rules = room.getOrDefault(door, new ArrayDeque<>(0));
        while (!rules.isEmpty()) {
            LayoutRule first = rules.peekFirst();
            if (first.size() < limits.addressesPerRuleMax()) {
                return first;
            }
            rules.removeFirst(); // full by now
        }
        return null;
    }

    /** Objects with removals come first: removals and additions are then one call. */
    private void offer(LayoutRule rule) {
        if (rule.size() < limits.addressesPerRuleMax()) {
            Deque<LayoutRule> rules = room.computeIfAbsent(rule.door(), none -> new ArrayDeque<>());
            if (rule.object().takesAway() && !rules.isEmpty() && !rules.peekFirst().object().takesAway()) {
                rules.addFirst(rule);
            } else {
                rules.addLast(rule);
            }
        }
    }

    /** A new rule: in an object with room for one, in one that has it once thinned-out rules are joined, or in a new object. */
    private LayoutRule another(Access.Ports door) {
        List<LayoutObject> roomy = objects.stream().filter(object -> object.rules().size() < limits.rulesPerFirewallMax()).toList();
        Optional<LayoutObject> changing = roomy.stream().filter(object -> object.shown().isPresent() && object.takesAway()).findFirst();
        if (!roomy.isEmpty()) {
            return offered(newRule(changing.orElse(roomy.get(0)), door));
        }
        for (LayoutObject object : objects) {
            if (object.rulesNeeded(limits.addressesPerRuleMax()) < limits.rulesPerFirewallMax()) {
                join(object);
                return offered(newRule(object, door));
            }
        }
        if (objects.size() >= limits.firewallsPerServiceMax()) {
            return null;
        }
        LayoutObject fresh = new LayoutObject(null);
        objects.add(fresh);
        return offered(newRule(fresh, door));
    }

    private LayoutRule newRule(LayoutObject object, Access.Ports door) {
        LayoutRule rule = new LayoutRule(object, door);
        object.rules().add(rule);
        return rule;
    }

    private LayoutRule offered(LayoutRule rule) {
        room.computeIfAbsent(rule.door(), none -> new ArrayDeque<>()).addLast(rule);
        return rule;
    }

    /** Joins rules of the same ports that ends of grants have thinned out. */
    private void join(LayoutObject object) {
        List<LayoutRule> before = List.copyOf(object.rules());
        object.rules().clear();
        before.forEach(rule -> room.getOrDefault(rule.door(), new ArrayDeque<>(0)).remove(rule));
        Map<Access.Ports, LayoutRule> last = new HashMap<>();
        for (LayoutRule rule : before) {
            for (SourceAddress source : rule.sources()) {
                LayoutRule target = last.get(rule.door());
                if (target == null || target.size() == limits.addressesPerRuleMax()) {
                    target = newRule(object, rule.door());
                    last.put(rule.door(), target);
                }
                place(new Access(rule.door().protocol(), rule.door().ports(), source), target);
            }
        }
        object.rules().forEach(this::offer);
    }
}
