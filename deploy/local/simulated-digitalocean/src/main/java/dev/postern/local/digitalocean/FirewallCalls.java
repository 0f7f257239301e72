// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/** /v2/firewalls. */
final class FirewallCalls {
    private static final String ONE = "/v2/firewalls/{firewall_id}";
    private static final String ID = "firewall_id";

    private FirewallCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/firewalls", call -> Paging.page(call, "firewalls", call.account().firewalls.values(), firewall -> json(firewall, call)))
            .on("POST", "/v2/firewalls", FirewallCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(wrapped(call.account().firewall(call.name(ID)), call)))
            .on("PUT", ONE, FirewallCalls::replace)
            .on("DELETE", ONE, FirewallCalls::delete)
            .on("POST", ONE + "/rules", call -> change(call, rules(FirewallCalls::added)))
            .on("DELETE", ONE + "/rules", call -> change(call, rules(FirewallCalls::removed)))
            .on("POST", ONE + "/droplets", call -> change(call, droplets(FirewallCalls::union)))
            .on("DELETE", ONE + "/droplets", call -> change(call, droplets(FirewallCalls::difference)))
            .on("POST", ONE + "/tags", call -> change(call, tags(FirewallCalls::union)))
            .on("DELETE", ONE + "/tags", call -> change(call, tags(FirewallCalls::difference)));
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        FirewallContent content = FirewallReader.content(call.json(), call);
        refuseDuplicateName(content.name(), null, call);
        Firewall firewall = call.account().addFirewall(content, UUID.randomUUID().toString(), call.nowMicros(), call.delayMicros(), call.mishap());
        return SimulatedResponse.accepted(wrapped(firewall, call));
    }

    private static SimulatedResponse replace(DigitalOceanCall call) {
        Firewall firewall = call.account().firewall(call.name(ID));
        FirewallContent content = FirewallReader.content(call.json(), call);
        refuseDuplicateName(content.name(), firewall, call);
        call.account().changeFirewall(firewall, content, call.nowMicros(), call.delayMicros(), call.mishap());
        return SimulatedResponse.ok(wrapped(firewall, call));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        call.account().deleteFirewall(call.account().firewall(call.name(ID)), call.nowMicros(), call.delayMicros(), call.mishap());
        return SimulatedResponse.noContent();
    }

    private static void refuseDuplicateName(String name, Firewall itself, DigitalOceanCall call) {
        for (Firewall firewall : call.account().firewalls.values()) {
            if (firewall != itself && firewall.shown().name().equals(name)) {
                throw Refusal.conflict("duplicate name");
            }
        }
    }

    /** Every partial change: read, compute, check the limits, apply. */
    private static SimulatedResponse change(DigitalOceanCall call, BiFunction<FirewallContent, DigitalOceanCall, FirewallContent> changed) {
        Firewall firewall = call.account().firewall(call.name(ID));
        FirewallContent next = FirewallReader.checked(changed.apply(firewall.shown(), call));
        if (!next.equals(firewall.shown())) {
            call.account().changeFirewall(firewall, next, call.nowMicros(), call.delayMicros(), call.mishap());
        }
        return SimulatedResponse.noContent();
    }

    private interface RuleChange {
        List<Rule> apply(List<Rule> existing, List<Rule> listed, Undocumented choice);
    }

    private static BiFunction<FirewallContent, DigitalOceanCall, FirewallContent> rules(RuleChange change) {
        return (content, call) -> {
            ObjectNode body = call.json();
            List<Rule> inbound = FirewallReader.rules(body, "inbound_rules", "sources", call);
            List<Rule> outbound = FirewallReader.rules(body, "outbound_rules", "destinations", call);
            if (inbound.isEmpty() && outbound.isEmpty()) {
                throw Refusal.unprocessable("must list at least one rule");
            }
            Undocumented choice = call.settings().undocumented();
            return content.withInboundRules(change.apply(content.inboundRules(), inbound, choice))
                .withOutboundRules(change.apply(content.outboundRules(), outbound, choice));
        };
    }

    private static List<Rule> added(List<Rule> existing, List<Rule> listed, Undocumented choice) {
        List<Rule> all = new ArrayList<>(existing);
        for (Rule rule : listed) {
            if (choice.addedRules() == Undocumented.AddedRules.MERGED) {
                int same = indexOfSameTraffic(all, rule);
                if (same >= 0) {
                    all.set(same, rule.with(all.get(same).targets().plus(rule.targets())));
                } else {
                    all.add(rule);
                }
            } else if (all.stream().noneMatch(rule::sameAs)) {
                all.add(rule);
            }
        }
        return all;
    }

    private static int indexOfSameTraffic(List<Rule> all, Rule rule) {
        for (int at = 0; at < all.size(); at++) {
            if (all.get(at).sameTraffic(rule)) {
                return at;
            }
        }
        return -1;
    }

    private static List<Rule> removed(List<Rule> existing, List<Rule> listed, Undocumented choice) {
        List<Rule> rest = new ArrayList<>(existing);
        for (Rule rule : listed) {
            if (choice.removedRules() == Undocumented.RemovedRules.WHOLE_RULES) {
                rest.removeIf(rule::sameAs);
            } else {
                rest.replaceAll(each -> each.sameTraffic(rule) ? each.with(each.targets().minus(rule.targets())) : each);
                rest.removeIf(each -> each.targets().size() == 0);
            }
        }
        return rest;
    }

    private static BiFunction<FirewallContent, DigitalOceanCall, FirewallContent> droplets(BiFunction<List<Long>, List<Long>, List<Long>> change) {
        return (content, call) -> {
            ObjectNode body = call.json();
            Json.requiredArray(body, "droplet_ids");
            return content.withDropletIds(change.apply(content.dropletIds(), FirewallReader.dropletIds(body, call)));
        };
    }

    private static BiFunction<FirewallContent, DigitalOceanCall, FirewallContent> tags(BiFunction<List<String>, List<String>, List<String>> change) {
        return (content, call) -> {
            ObjectNode body = call.json();
            Json.requiredArray(body, "tags");
            return content.withTags(change.apply(content.tags(), FirewallReader.tags(body, call)));
        };
    }

    private static <T> List<T> union(List<T> some, List<T> more) {
        Set<T> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static <T> List<T> difference(List<T> some, List<T> less) {
        List<T> rest = new ArrayList<>(some);
        rest.removeAll(less);
        return rest;
    }

    private static ObjectNode wrapped(Firewall firewall, DigitalOceanCall call) {
        return SimulatedResponse.wrapped("firewall", json(firewall, call));
    }

    static JsonNode json(Firewall firewall, DigitalOceanCall call) {
        return firewall.json(call.nowMicros());
    }
}
