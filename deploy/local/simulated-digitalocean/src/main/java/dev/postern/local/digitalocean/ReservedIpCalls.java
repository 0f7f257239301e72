// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;

/** /v2/reserved_ips. */
final class ReservedIpCalls {
    private static final String ONE = "/v2/reserved_ips/{reserved_ip}";
    private static final String TYPE = "reserved_ip";

    private ReservedIpCalls() {
    }

    /** @param droplet the id of the Droplet that has it, or null */
    record ReservedIp(String address, String region, Long droplet) {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/reserved_ips", call -> Paging.page(call, "reserved_ips", call.account().reservedIps.values(), ip -> json(ip, call)))
            .on("POST", "/v2/reserved_ips", ReservedIpCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped(TYPE, json(ip(call), call))))
            .on("DELETE", ONE, ReservedIpCalls::delete)
            .on("GET", ONE + "/actions", call -> ActionCalls.ofResource(call, TYPE, ip(call).address()))
            .on("POST", ONE + "/actions", ReservedIpCalls::begin)
            .on("GET", ONE + "/actions/{action_id}", call -> ActionCalls.oneOfResource(call, TYPE, ip(call).address()));
    }

    private static ReservedIp ip(DigitalOceanCall call) {
        ReservedIp ip = call.account().reservedIps.get(call.name(TYPE));
        if (ip == null) {
            throw Refusal.notFound();
        }
        return ip;
    }

    private static ObjectNode json(ReservedIp ip, DigitalOceanCall call) {
        ObjectNode node = Json.MAPPER.createObjectNode().put("ip", ip.address());
        node.set("region", Catalogue.region(ip.region()));
        Droplet droplet = ip.droplet() == null ? null : call.account().droplets.get(ip.droplet());
        node.set("droplet", droplet == null ? null : DropletCalls.json(droplet, call));
        return node.put("locked", false).put("project_id", ProjectCalls.defaultProject(call).id());
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        Droplet droplet = body.hasNonNull("droplet_id") ? droplet(call, body) : null;
        String region = droplet == null ? Json.requiredText(body, "region", 16) : droplet.region();
        if (Catalogue.region(region) == null) {
            throw Refusal.unprocessable("region is not one of those that there are");
        }
        int number = (int) (call.account().newId() % 60_000);
        ReservedIp ip = new ReservedIp("198.19." + (2 + number / 250) + "." + (number % 250 + 1), region, droplet == null ? null : droplet.id());
        call.account().reservedIps.put(ip.address(), ip);
        ObjectNode answer = SimulatedResponse.wrapped(TYPE, json(ip, call));
        ObjectNode links = answer.putObject("links");
        if (droplet != null) {
            links.putArray("droplets").addObject().put("id", droplet.id()).put("rel", "droplet").put("href", call.linkBase() + "/v2/droplets/" + droplet.id());
            links.putArray("actions").add(begun(call, ip, "assign_ip").link("assign_ip", call));
        }
        return SimulatedResponse.accepted(answer);
    }

    private static Droplet droplet(DigitalOceanCall call, ObjectNode body) {
        Droplet droplet = call.account().droplets.get(Json.integer(body, "droplet_id", 1, Long.MAX_VALUE, -1L));
        if (droplet == null) {
            throw Refusal.unprocessable("droplet_id must name a Droplet");
        }
        return droplet;
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        call.account().reservedIps.remove(ip(call).address());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse begin(DigitalOceanCall call) {
        ReservedIp ip = ip(call);
        String type = Json.requiredText(call.json(), "type", 32);
        Long droplet = switch (type) {
            case "assign" -> droplet(call, call.json()).id();
            case "unassign" -> null;
            default -> throw Refusal.unprocessable("type must be assign or unassign");
        };
        call.account().reservedIps.put(ip.address(), new ReservedIp(ip.address(), ip.region(), droplet));
        return SimulatedResponse.created(SimulatedResponse.wrapped("action", begun(call, ip, type + "_ip").json(call.nowMicros())));
    }

    private static Action begun(DigitalOceanCall call, ReservedIp ip, String type) {
        return call.account().begin(call, type, TYPE, ip.address(), null, ip.region());
    }
}
