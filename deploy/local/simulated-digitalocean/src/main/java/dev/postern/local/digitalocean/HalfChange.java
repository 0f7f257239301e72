// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A change of a firewall that is made by half: name, attachments and outbound rules as wanted; of the inbound addresses that come or go
 * only the first half, coming ones first, rounded down. So a change of one address changes nothing.
 */
final class HalfChange {
    private HalfChange() {
    }

    static FirewallContent between(FirewallContent before, FirewallContent wanted) {
        Set<RuleSource> old = addresses(before);
        Set<RuleSource> now = addresses(wanted);
        List<RuleSource> differing = new ArrayList<>(now);
        differing.removeAll(old);
        List<RuleSource> going = new ArrayList<>(old);
        going.removeAll(now);
        differing.addAll(going);
        Set<RuleSource> undone = new LinkedHashSet<>(differing.subList(differing.size() / 2, differing.size()));

        List<Rule> rules = new ArrayList<>();
        for (Rule rule : wanted.inboundRules()) {
            Rule.Targets targets = rule.targets();
            List<String> rest = targets.addresses().stream().filter(address -> !undone.contains(opening(rule, address))).toList();
            Rule.Targets left = new Rule.Targets(rest, targets.dropletIds(), targets.loadBalancerUids(), targets.kubernetesIds(), targets.tags());
            if (left.size() > 0) {
                rules.add(rule.with(left));
            }
        }
        Map<List<String>, List<String>> staying = new LinkedHashMap<>();
        undone.stream().filter(old::contains).forEach(opening -> staying.computeIfAbsent(List.of(opening.protocol(), opening.ports(), opening.action()),
            traffic -> new ArrayList<>()).add(opening.source()));
        staying.forEach((traffic, addresses) -> rules.add(Rule.allowing(traffic.get(0), traffic.get(1), List.copyOf(addresses)).acting(traffic.get(2))));
        return wanted.withInboundRules(rules);
    }

    private static Set<RuleSource> addresses(FirewallContent content) {
        Set<RuleSource> all = new LinkedHashSet<>();
        content.inboundRules().forEach(rule -> rule.targets().addresses().forEach(address -> all.add(opening(rule, address))));
        return all;
    }

    private static RuleSource opening(Rule rule, String address) {
        return new RuleSource(rule.protocol(), rule.ports(), rule.action(), RuleSource.Kind.ADDRESS, address);
    }
}
