package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The objects of one part of a service's attachment: each access stands in one rule of one of them. */
final class LayoutGroup {
    private final Attachment attachment;
    private final ProviderLimits limits;
    private final List<LayoutObject> objects = new ArrayList<>();
    private final Map<Access, LayoutRule> placed = new HashMap<>();
    private final Map<Access.Ports, Deque<LayoutRule>> room = new HashMap<>();
    private final Set<Access> unplaced = new HashSet<>();

    LayoutGroup(Attachment attachment, ProviderLimits limits) {
        this.attachment = attachment;
        this.limits = limits;
    }

    Attachment attachment() {
        return attachment;
    }

    List<LayoutObject> objects() {
        return objects;
    }

    Set<Access> unplaced() {
        return unplaced;
    }

    int size() {
        return placed.size() + unplaced.size();
    }

    /** Goes on from what is shown now, if the part is the same and its objects are, each as it was shown before or as it was to be. @return whether it is */
    boolean resume(AttachedGroup part) {
        List<LayoutObject> made = objects.stream().filter(object -> object.shown().isPresent()).toList();
        return part.attachment().equals(attachment) && part.own().size() == made.size()
            && IntStream.range(0, made.size()).allMatch(at -> made.get(at).resume(part.own().get(at)));
    }

    /** Who ended and who began, for exactly these to be wanted. */
    FirewallLayout.Change changeTo(Set<Access> wanted) {
        List<Access> begun = wanted.stream().filter(access -> !placed.containsKey(access) && !unplaced.contains(access)).toList();
        int endedCount = placed.size() + unplaced.size() + begun.size() - wanted.size();
        return FirewallLayout.Change.of(Stream.concat(placed.keySet().stream(), unplaced.stream()).filter(access -> !wanted.contains(access)).limit(endedCount),
            begun.stream());
    }

    /** Whether an object shows the access, and is planned without it. */
    boolean takesAway(Access access) {
        return objects.stream().anyMatch(object -> object.takesAway(access));
    }

    /** What of an object can stay: what is wanted, and not held by an earlier one. A provider may show equal rules as one. */
    void keep(ShownFirewall shown, Set<Access> wanted) {
        LayoutObject object = new LayoutObject(shown);
        objects.add(object);
        for (FirewallRule rule : shown.inbound()) {
            LayoutRule part = null;
            for (SourceAddress source : rule.sources()) {
                Access access = new Access(rule.door().protocol(), rule.door().ports(), source);
                LayoutRule elsewhere = placed.get(access);
                boolean full = part == null || part.size() == limits.addressesPerRuleMax();
                if (elsewhere == null && wanted.contains(access) && !(full && object.rules().size() >= limits.rulesPerFirewallMax())) {
                    part = full ? newRule(object, rule.door()) : part;
                    place(access, part);
                } else if (elsewhere == null || elsewhere.object() != object) {
                    object.drop(access);
                }
            }
            if (part != null) {
                part.shownAs(rule); // and is made as it is shown, if all of it stays
            }
        }
        object.rules().forEach(this::offer);
    }

    /** The gap is the first to be filled: who comes for one who goes is one call with them. */
    void remove(Access access) {
        unplaced.remove(access);
        LayoutRule rule = placed.remove(access);
        if (rule == null) {
            return;
        }
        rule.remove(access.source());
        rule.object().removed(access);
        Deque<LayoutRule> roomy = room.computeIfAbsent(rule.door(), none -> new ArrayDeque<>());
        roomy.remove(rule);
        if (rule.size() == 0) {
            rule.object().rules().remove(rule);
        } else {
            roomy.addFirst(rule);
        }
    }

    void add(Access access) {
        LayoutRule rule = roomy(access.door());
        rule = rule != null ? rule : another(access.door());
        if (rule == null) {
            unplaced.add(access);
            return;
        }
        place(access, rule);
        rule.object().added(access);
    }

    /** Who found no room may find some where others have left. */
    void retryUnplaced() {
        List<Access> waiting = List.copyOf(unplaced);
        unplaced.clear();
        waiting.forEach(this::add);
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

    private void offer(LayoutRule rule) {
        if (rule.size() < limits.addressesPerRuleMax()) {
            room.computeIfAbsent(rule.door(), none -> new ArrayDeque<>()).addLast(rule);
        }
    }

    /** A new rule: in an object with room for one, in one that has it once thinned-out rules are joined, or in a new object. */
    private LayoutRule another(Access.Ports door) {
        for (LayoutObject object : objects) {
            if (object.rules().size() < limits.rulesPerFirewallMax()) {
                return offered(newRule(object, door));
            }
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
