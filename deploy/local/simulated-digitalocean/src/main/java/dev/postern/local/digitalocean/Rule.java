// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One rule of a firewall.
 *
 * @param protocol tcp, udp or icmp
 * @param ports as {@link PortRange} reads them; "0" for ICMP
 * @param action allow or deny; deny wins, across firewalls too
 * @param targets sources of an inbound rule, destinations of an outbound one
 */
public record Rule(String protocol, String ports, String action, Targets targets) {

    /** Allows these addresses. */
    public static Rule allowing(String protocol, String ports, List<String> addresses) {
        return new Rule(protocol, ports, "allow", new Targets(addresses, List.of(), List.of(), List.of(), List.of()));
    }

    /** Returns true if both rules have the same protocol, ports and action; sources and destinations are ignored. */
    boolean sameTraffic(Rule other) {
        return protocol.equals(other.protocol) && ports.equals(other.ports) && action.equals(other.action);
    }

    boolean sameAs(Rule other) {
        return sameTraffic(other) && targets.sameAs(other.targets);
    }

    Rule with(Targets next) {
        return new Rule(protocol, ports, action, next);
    }

    Rule acting(String otherAction) {
        return new Rule(protocol, ports, otherAction, targets);
    }

    ObjectNode json(String direction) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.put("protocol", protocol).put("ports", ports);
        if (action.equals("deny")) {
            rule.put("action", action); // younger than the document and than most clients, which fail on a member that they do not know
        }
        rule.set(direction, targets.json());
        return rule;
    }

    /** Whom a rule is for. Members that are empty are left out of the JSON. */
    public record Targets(List<String> addresses, List<Long> dropletIds, List<String> loadBalancerUids, List<String> kubernetesIds, List<String> tags) {

        int size() {
            return addresses.size() + dropletIds.size() + loadBalancerUids.size() + kubernetesIds.size() + tags.size();
        }

        boolean sameAs(Targets other) {
            return Set.copyOf(addresses).equals(Set.copyOf(other.addresses)) && Set.copyOf(dropletIds).equals(Set.copyOf(other.dropletIds))
                && Set.copyOf(loadBalancerUids).equals(Set.copyOf(other.loadBalancerUids))
                && Set.copyOf(kubernetesIds).equals(Set.copyOf(other.kubernetesIds)) && Set.copyOf(tags).equals(Set.copyOf(other.tags));
        }

        Targets plus(Targets other) {
            return new Targets(joined(addresses, other.addresses), joined(dropletIds, other.dropletIds),
                joined(loadBalancerUids, other.loadBalancerUids), joined(kubernetesIds, other.kubernetesIds), joined(tags, other.tags));
        }

        Targets minus(Targets other) {
            return new Targets(left(addresses, other.addresses), left(dropletIds, other.dropletIds),
                left(loadBalancerUids, other.loadBalancerUids), left(kubernetesIds, other.kubernetesIds), left(tags, other.tags));
        }

        ObjectNode json() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            strings(node, "addresses", addresses);
            if (!dropletIds.isEmpty()) {
                ArrayNode ids = node.putArray("droplet_ids");
                dropletIds.forEach(ids::add);
            }
            strings(node, "load_balancer_uids", loadBalancerUids);
            strings(node, "kubernetes_ids", kubernetesIds);
            strings(node, "tags", tags);
            return node;
        }

        private static void strings(ObjectNode node, String name, List<String> values) {
            if (!values.isEmpty()) {
                ArrayNode array = node.putArray(name);
                values.forEach(array::add);
            }
        }

        private static <T> List<T> joined(List<T> some, List<T> more) {
            Set<T> all = new LinkedHashSet<>(some);
            all.addAll(more);
            return List.copyOf(all);
        }

        private static <T> List<T> left(List<T> some, List<T> less) {
            List<T> rest = new ArrayList<>(some);
            rest.removeAll(new LinkedHashSet<>(less));
            return List.copyOf(rest);
        }
    }
}
