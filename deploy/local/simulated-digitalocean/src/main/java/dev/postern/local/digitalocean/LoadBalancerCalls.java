// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** /v2/load_balancers and /v2/certificates. A load balancer balances nothing here: it keeps what is written of it. */
final class LoadBalancerCalls {
    private static final String ONE = "/v2/load_balancers/{lb_id}";
    private static final String CERTIFICATE = "/v2/certificates/{certificate_id}";
    private static final Set<String> ENTRY = Set.of("http", "https", "http2", "http3", "tcp", "udp");
    private static final List<String> KEPT = List.of("algorithm", "size_unit", "redirect_http_to_https", "enable_proxy_protocol", "enable_backend_keepalive",
        "tag", "health_check", "sticky_sessions", "firewall");
    private static final long DAY_MICROS = 86_400_000_000L;

    private LoadBalancerCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/load_balancers", call -> Paging.page(call, "load_balancers", call.account().loadBalancers.values(), balancer -> balancer))
            .on("POST", "/v2/load_balancers", LoadBalancerCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("load_balancer", balancer(call))))
            .on("PUT", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("load_balancer", written(call, balancer(call)))))
            .on("DELETE", ONE, LoadBalancerCalls::delete)
            .on("DELETE", ONE + "/cache", call -> balancer(call) == null ? null : SimulatedResponse.noContent())
            .on("POST", ONE + "/droplets", call -> droplets(call, true))
            .on("DELETE", ONE + "/droplets", call -> droplets(call, false))
            .on("POST", ONE + "/forwarding_rules", call -> rules(call, true))
            .on("DELETE", ONE + "/forwarding_rules", call -> rules(call, false))
            .on("GET", "/v2/certificates", call -> Paging.page(call, "certificates", call.account().certificates.values(), certificate -> certificate))
            .on("POST", "/v2/certificates", LoadBalancerCalls::createCertificate)
            .on("GET", CERTIFICATE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("certificate", certificate(call))))
            .on("DELETE", CERTIFICATE, LoadBalancerCalls::deleteCertificate);
    }

    private static ObjectNode balancer(DigitalOceanCall call) {
        ObjectNode balancer = call.account().loadBalancers.get(call.name("lb_id"));
        if (balancer == null) {
            throw Refusal.notFound();
        }
        return balancer;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        String id = UUID.randomUUID().toString();
        ObjectNode balancer = Json.MAPPER.createObjectNode().put("id", id).put("ip", "198.19.1." + (call.account().loadBalancers.size() % 250 + 1));
        balancer.put("status", "active").put("created_at", Times.iso(call.nowMicros())).put("vpc_uuid", call.account().defaultVpc());
        written(call, balancer);
        call.account().loadBalancers.put(id, balancer);
        ProjectCalls.defaultProject(call).resources().put("do:loadbalancer:" + id, call.nowMicros());
        return SimulatedResponse.accepted(SimulatedResponse.wrapped("load_balancer", balancer));
    }

    /** The full representation: what is left out has its default. */
    private static ObjectNode written(DigitalOceanCall call, ObjectNode balancer) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 255);
        String region = Json.text(body, "region", 16);
        if (region != null && Catalogue.region(region) == null) {
            throw Refusal.unprocessable("region is not one of those that there are");
        }
        ArrayNode rules = checkedRules(body);
        if (rules.isEmpty()) {
            throw Refusal.unprocessable("forwarding_rules must have at least one rule");
        }
        ArrayNode droplets = knownDroplets(call, body);
        String tag = Json.text(body, "tag", 255);
        if (tag != null && !tag.isEmpty() && !call.account().tags.contains(tag)) {
            throw Refusal.unprocessable("a tag does not exist");
        }
        KEPT.forEach(balancer::remove);
        balancer.put("name", name).put("algorithm", "round_robin").put("size_unit", 1).put("tag", "");
        balancer.putObject("sticky_sessions").put("type", "none");
        for (String member : KEPT) {
            if (body.hasNonNull(member)) {
                balancer.set(member, body.get(member));
            }
        }
        balancer.set("forwarding_rules", rules);
        balancer.set("region", Catalogue.region(region == null ? Catalogue.REGION_DEFAULT : region));
        balancer.set("droplet_ids", droplets);
        return balancer;
    }

    private static ArrayNode checkedRules(ObjectNode body) {
        ArrayNode rules = Json.MAPPER.createArrayNode();
        for (JsonNode rule : Json.requiredArray(body, "forwarding_rules")) {
            for (String side : List.of("entry", "target")) {
                if (!rule.isObject() || !ENTRY.contains(String.valueOf(Json.text(rule, side + "_protocol", 8)))
                    || Json.integer(rule, side + "_port", 1, 65_535, null) == null) {
                    throw Refusal.unprocessable("a forwarding rule has entry_protocol, entry_port, target_protocol and target_port");
                }
            }
            ObjectNode kept = rule.deepCopy();
            if (!kept.has("certificate_id")) {
                kept.put("certificate_id", "");
            }
            if (!kept.has("tls_passthrough")) {
                kept.put("tls_passthrough", false);
            }
            rules.add(kept);
        }
        return rules;
    }

    private static ArrayNode knownDroplets(DigitalOceanCall call, ObjectNode body) {
        ArrayNode ids = Json.MAPPER.createArrayNode();
        for (Long id : new LinkedHashSet<>(Json.ids(body, "droplet_ids"))) {
            if (!call.account().droplets.containsKey(id)) {
                throw Refusal.unprocessable("droplet " + id + " was not found");
            }
            ids.add(id);
        }
        return ids;
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        String id = balancer(call).get("id").textValue();
        call.account().loadBalancers.remove(id);
        call.account().projects.values().forEach(project -> project.resources().remove("do:loadbalancer:" + id));
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse droplets(DigitalOceanCall call, boolean adding) {
        ArrayNode present = (ArrayNode) balancer(call).get("droplet_ids");
        Json.requiredArray(call.json(), "droplet_ids");
        change(present, knownDroplets(call, call.json()), adding);
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse rules(DigitalOceanCall call, boolean adding) {
        change((ArrayNode) balancer(call).get("forwarding_rules"), checkedRules(call.json()), adding);
        return SimulatedResponse.noContent();
    }

    private static void change(ArrayNode present, ArrayNode listed, boolean adding) {
        Set<JsonNode> all = new LinkedHashSet<>();
        present.forEach(all::add);
        listed.forEach(each -> {
            if (adding) {
                all.add(each);
            } else {
                all.remove(each);
            }
        });
        present.removeAll().addAll(all);
    }

    private static ObjectNode certificate(DigitalOceanCall call) {
        ObjectNode certificate = call.account().certificates.get(call.name("certificate_id"));
        if (certificate == null) {
            throw Refusal.notFound();
        }
        return certificate;
    }

    private static SimulatedResponse createCertificate(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 255);
        List<String> names = Json.texts(body, "dns_names");
        boolean custom = names.isEmpty();
        if (custom) {
            Json.requiredText(body, "private_key", 65_535);
            Json.requiredText(body, "leaf_certificate", 65_535);
        }
        String id = UUID.randomUUID().toString();
        ObjectNode certificate = Json.MAPPER.createObjectNode().put("id", id).put("name", name).put("not_after", Times.iso(call.nowMicros() + 90 * DAY_MICROS));
        certificate.put("sha1_fingerprint", id.replace("-", "") + "00000000").put("created_at", Times.iso(call.nowMicros()));
        names.forEach(certificate.putArray("dns_names")::add);
        certificate.put("state", custom ? "verified" : "pending").put("type", custom ? "custom" : "lets_encrypt");
        call.account().certificates.put(id, certificate);
        return SimulatedResponse.created(SimulatedResponse.wrapped("certificate", certificate));
    }

    private static SimulatedResponse deleteCertificate(DigitalOceanCall call) {
        call.account().certificates.remove(certificate(call).get("id").textValue());
        return SimulatedResponse.noContent();
    }
}
