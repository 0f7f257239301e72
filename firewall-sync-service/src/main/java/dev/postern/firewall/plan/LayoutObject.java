// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An object as it is to be, and in what that differs from what is shown. */
final class LayoutObject {
    private final List<LayoutRule> rules = new ArrayList<>();
    private final Set<Access> gained = new HashSet<>();
    private final Set<Access> lost = new HashSet<>();
    private final ShownFirewall shown;

    /** @param shown null for one that is to be made */
    LayoutObject(ShownFirewall shown) {
        this.shown = shown;
    }

    Optional<ShownFirewall> shown() {
        return Optional.ofNullable(shown);
    }

    List<LayoutRule> rules() {
        return rules;
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Notes what is shown and not to stay. */
    void drop(Access access) {
        lost.add(access);
    }

    /** Notes what is not shown and is to come. */
    void added(Access access) {
        gained.add(access);
    }

    Set<Access> accesses() {
        Set<Access> all = new HashSet<>();
        rules.forEach(rule -> rule.sources().forEach(source -> all.add(new Access(rule.door().protocol(), rule.door().ports(), source))));
        return all;
    }

    /** Returns the fewest rules that hold the same accesses. */
    int rulesNeeded(int addressesPerRuleMax) {
        Map<Access.Ports, Integer> counts = new HashMap<>();
        rules.forEach(rule -> counts.merge(rule.door(), rule.size(), Integer::sum));
        return counts.values().stream().mapToInt(count -> (count + addressesPerRuleMax - 1) / addressesPerRuleMax).sum();
    }

    boolean asShown(Attachment attachment) {
        return gained.isEmpty() && lost.isEmpty() && shown.progress() != ShownFirewall.Progress.FAILED && shown.strange().isEmpty()
            && shown.attachedTo(attachment);
    }

    boolean takesAway() {
        return !lost.isEmpty() || !shown.strange().isEmpty();
    }

    /** All of it; rules of the same ports beside each other. */
    FirewallContent content(String name, Attachment attachment) {
        return new FirewallContent(name, rules.stream().map(LayoutRule::made).toList(), attachment);
    }

    /** The rules as they are shown, without those who go and without anybody new. */
    List<FirewallRule> staying() {
        List<FirewallRule> staying = new ArrayList<>();
        for (FirewallRule rule : shown.inbound()) {
            List<SourceAddress> sources = rule.sources().stream()
                .filter(source -> !lost.contains(new Access(rule.door().protocol(), rule.door().ports(), source))).distinct().toList();
            if (!sources.isEmpty()) {
                staying.add(new FirewallRule(rule.door(), sources));
            }
        }
        return staying;
    }
}
