// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.AddressRange;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads and checks what clients write of firewalls. */
final class FirewallReader {
    private static final int RULES_MAX = 50;
    private static final int TARGETS_MAX = 1_000;
    private static final int DROPLETS_MAX = 10;
    private static final int TAGS_MAX = 5;
    private static final int NAME_CHARACTERS_MAX = 255;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9.-]+");
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "icmp");
    private static final Set<String> ACTIONS = Set.of("allow", "deny");

    private FirewallReader() {
    }

    /** The full representation, of POST and PUT: what is left out has its default. */
    static FirewallContent content(ObjectNode body, DigitalOceanCall call) {
        String name = Json.requiredText(body, "name", NAME_CHARACTERS_MAX);
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("name must begin with an alphanumeric character and have only alphanumeric characters, periods and dashes after it");
        }
        FirewallContent content = new FirewallContent(name, rules(body, "inbound_rules", "sources", call), rules(body, "outbound_rules", "destinations", call),
            dropletIds(body, call), tags(body, call));
        if (content.inboundRules().isEmpty() && content.outboundRules().isEmpty()) {
            throw Refusal.unprocessable("must have at least one rule");
        }
        return checked(content);
    }

    /** The limits that hold after every change. */
    static FirewallContent checked(FirewallContent content) {
        if (content.inboundRules().size() + content.outboundRules().size() > RULES_MAX) {
            throw Refusal.unprocessable("a firewall may have at most " + RULES_MAX + " rules");
        }
        content.inboundRules().forEach(FirewallReader::checkedTargets);
        content.outboundRules().forEach(FirewallReader::checkedTargets);
        if (content.dropletIds().size() > DROPLETS_MAX) {
            throw Refusal.unprocessable("a firewall may have at most " + DROPLETS_MAX + " Droplets");
        }
        if (content.tags().size() > TAGS_MAX) {
            throw Refusal.unprocessable("a firewall may have at most " + TAGS_MAX + " tags");
        }
        return content;
    }

    private static void checkedTargets(Rule rule) {
        if (rule.targets().size() > TARGETS_MAX) {
            throw Refusal.unprocessable("a rule may have at most " + TARGETS_MAX + " sources or destinations");
        }
    }

    static List<Rule> rules(JsonNode body, String member, String direction, DigitalOceanCall call) {
        JsonNode array = body.get(member);
        if (array == null || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw Refusal.unprocessable(member + " must be an array");
        }
        List<Rule> rules = new ArrayList<>(array.size());
        for (JsonNode each : array) {
            if (!each.isObject()) {
                throw Refusal.unprocessable(member + " must be an array of objects");
            }
            rules.add(rule(each, direction, call));
        }
        return List.copyOf(rules);
    }

    private static Rule rule(JsonNode node, String direction, DigitalOceanCall call) {
        String protocol = Json.requiredText(node, "protocol", 10);
        if (!PROTOCOLS.contains(protocol)) {
            throw Refusal.unprocessable("protocol must be one of tcp, udp, icmp");
        }
        String ports = protocol.equals("icmp") && !node.hasNonNull("ports") ? "0" : Json.requiredText(node, "ports", 20);
        if (PortRange.parse(ports) == null) {
            throw Refusal.unprocessable("ports must be a port, a range of ports, or \"0\" for all");
        }
        String action = Json.text(node, "action", 10);
        if (action != null && !ACTIONS.contains(action)) {
            throw Refusal.unprocessable("action must be allow or deny");
        }
        JsonNode targets = node.get(direction);
        if (targets == null || !targets.isObject()) {
            throw Refusal.unprocessable(direction + " is required");
        }
        boolean all = protocol.equals("icmp") || PortRange.ALL.equals(PortRange.parse(ports));
        return new Rule(protocol, all ? "0" : ports, action == null ? "allow" : action, targets(targets, direction, call));
    }

    private static Rule.Targets targets(JsonNode node, String direction, DigitalOceanCall call) {
        boolean asNetwork = call.settings().undocumented().echo() == Undocumented.Echo.AS_NETWORK;
        List<String> addresses = Json.texts(node, "addresses");
        if (addresses.size() > TARGETS_MAX) {
            throw Refusal.unprocessable("a rule may have at most " + TARGETS_MAX + " sources or destinations");
        }
        Set<String> read = new LinkedHashSet<>();
        for (String address : addresses) {
            AddressRange range = AddressRange.parse(address);
            if (range == null) {
                throw Refusal.unprocessable(direction + " must have valid IPv4 or IPv6 addresses or networks");
            }
            read.add(asNetwork && address.indexOf('/') < 0 ? address + "/" + range.prefix() : address);
        }
        Rule.Targets targets = new Rule.Targets(List.copyOf(read), knownDroplets(Json.ids(node, "droplet_ids"), call),
            distinct(Json.texts(node, "load_balancer_uids")), distinct(Json.texts(node, "kubernetes_ids")), knownTags(Json.texts(node, "tags"), call));
        if (targets.size() == 0) {
            throw Refusal.unprocessable(direction + " must name at least one address, Droplet, load balancer, Kubernetes cluster or tag");
        }
        return targets;
    }

    static List<Long> dropletIds(JsonNode body, DigitalOceanCall call) {
        return knownDroplets(Json.ids(body, "droplet_ids"), call);
    }

    static List<String> tags(JsonNode body, DigitalOceanCall call) {
        return knownTags(Json.texts(body, "tags"), call);
    }

    private static List<Long> knownDroplets(List<Long> ids, DigitalOceanCall call) {
        for (Long id : ids) {
            if (!call.account().droplets.containsKey(id)) {
                throw Refusal.unprocessable("droplet " + id + " was not found");
            }
        }
        return distinct(ids);
    }

    private static List<String> knownTags(List<String> names, DigitalOceanCall call) {
        for (String name : names) {
            if (!call.account().tags.contains(name)) {
                throw Refusal.unprocessable("a tag does not exist");
            }
        }
        return distinct(names);
    }

    private static <T> List<T> distinct(List<T> all) {
        return List.copyOf(new LinkedHashSet<>(all));
    }
}
