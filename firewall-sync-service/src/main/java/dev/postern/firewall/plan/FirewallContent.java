// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The full representation of a firewall object of ours. Inbound rules only: what goes out is the base firewall's matter, and a rule of ours would widen it.
 *
 * @param name       its name
 * @param inbound    its rules, at least one
 * @param attachment what it is attached to
 */
public record FirewallContent(String name, List<FirewallRule> inbound, Attachment attachment) {
    /** Copies the list. */
    public FirewallContent {
        inbound = List.copyOf(inbound);
    }

    /** Returns a digest of the allowed accesses and the attachment, independent of the name and the order of rules. */
    public String digest() {
        Set<Access> accesses = new TreeSet<>();
        inbound.forEach(rule -> rule.sources().forEach(source -> accesses.add(new Access(rule.door().protocol(), rule.door().ports(), source))));
        return ObjectNames.digest(accesses + " " + new TreeSet<>(attachment.tags()) + " " + new TreeSet<>(attachment.droplets()));
    }

    /** Returns a copy without these accesses and without rules that become empty. */
    public FirewallContent without(Set<Access> gone) {
        List<FirewallRule> rules = new ArrayList<>();
        for (FirewallRule rule : inbound) {
            List<SourceAddress> sources = rule.sources().stream()
                .filter(source -> !gone.contains(new Access(rule.door().protocol(), rule.door().ports(), source))).toList();
            if (!sources.isEmpty()) {
                rules.add(new FirewallRule(rule.door(), sources));
            }
        }
        return new FirewallContent(name, rules, attachment);
    }

    /** Returns the allowed accesses. */
    public Set<Access> accesses() {
        Set<Access> accesses = new HashSet<>();
        inbound.forEach(rule -> rule.sources().forEach(source -> accesses.add(new Access(rule.door().protocol(), rule.door().ports(), source))));
        return accesses;
    }
}
