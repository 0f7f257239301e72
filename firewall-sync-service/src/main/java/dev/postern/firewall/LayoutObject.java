package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** An object as it is to be, and in what that differs from what is shown. */
final class LayoutObject {
    private final List<LayoutRule> rules = new ArrayList<>();
    private final Set<Access> gained = new HashSet<>();
    private final Set<Access> lost = new HashSet<>();
    private ShownFirewall shown;

    /** @param shown null for one that is to be made */
    LayoutObject(ShownFirewall shown) {
        this.shown = shown;
    }

    Optional<ShownFirewall> shown() {
        return Optional.ofNullable(shown);
    }

    /** Goes on from what is shown now, if that is what was shown before or was planned since. @return whether it is */
    boolean resume(ShownFirewall now) {
        boolean asBefore = now.inbound().equals(shown.inbound());
        boolean asPlanned = !asBefore && now.inbound().size() == rules.size()
            && IntStream.range(0, rules.size()).allMatch(at -> rules.get(at).shownAs(now.inbound().get(at)));
        if (!now.id().equals(shown.id()) || !asBefore && !asPlanned) {
            return false;
        }
        if (asPlanned) {
            gained.clear();
            lost.clear();
        }
        shown = now;
        return true;
    }

    List<LayoutRule> rules() {
        return rules;
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Shown, and not to stay. */
    void drop(Access access) {
        lost.add(access);
    }

    void removed(Access access) {
        if (!gained.remove(access)) {
            lost.add(access);
        }
    }

    void added(Access access) {
        if (!lost.remove(access)) {
            gained.add(access);
        }
    }

    Set<Access> accesses() {
        Set<Access> all = new HashSet<>();
        rules.forEach(rule -> rule.sources().forEach(source -> all.add(new Access(rule.door().protocol(), rule.door().ports(), source))));
        return all;
    }

    /** How few rules would hold what it holds. */
    int rulesNeeded(int addressesPerRuleMax) {
        Map<Access.Ports, Integer> counts = new HashMap<>();
        rules.forEach(rule -> counts.merge(rule.door(), rule.size(), Integer::sum));
        return counts.values().stream().mapToInt(count -> (count + addressesPerRuleMax - 1) / addressesPerRuleMax).sum();
    }

    boolean asShown(Attachment attachment) {
        return gained.isEmpty() && lost.isEmpty() && shown.progress() != ShownFirewall.Progress.FAILED && shown.strange().isEmpty()
            && shown.attachedTo(attachment);
    }

    boolean takesAway(Access access) {
        return lost.contains(access);
    }

    boolean takesAway() {
        return !lost.isEmpty() || !shown.strange().isEmpty();
    }

    /** All of it; rules of the same ports beside each other. */
    FirewallContent content(String name, Attachment attachment) {
        return new FirewallContent(name, rules.stream().map(LayoutRule::made).toList(), attachment);
    }
}
