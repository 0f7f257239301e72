// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** /v2/vpcs. Peerings are not simulated. */
final class VpcCalls {
    private static final String ONE = "/v2/vpcs/{vpc_id}";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9\\-.]+");

    private VpcCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/vpcs", call -> Paging.page(call, "vpcs", call.account().vpcs.values(), vpc -> vpc))
            .on("POST", "/v2/vpcs", VpcCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("vpc", vpc(call))))
            .on("PUT", ONE, call -> update(call, true))
            .on("PATCH", ONE, call -> update(call, false))
            .on("DELETE", ONE, VpcCalls::delete)
            .on("GET", ONE + "/members", VpcCalls::members);
    }

    static ObjectNode add(CloudAccount account, String id, String name, String region, boolean isDefault, long nowMicros) {
        ObjectNode vpc = Json.MAPPER.createObjectNode().put("id", id).put("urn", "do:vpc:" + id).put("name", name).put("description", "").put("region", region);
        vpc.put("ip_range", isDefault ? "10.110.0.0/16" : "10." + (111 + account.vpcs.size() % 100) + ".0.0/16");
        vpc.put("created_at", Times.iso(nowMicros)).put("default", isDefault);
        account.vpcs.put(id, vpc);
        return vpc;
    }

    private static ObjectNode vpc(DigitalOceanCall call) {
        ObjectNode vpc = call.account().vpcs.get(call.name("vpc_id"));
        if (vpc == null) {
            throw Refusal.notFound();
        }
        return vpc;
    }

    private static String name(ObjectNode body, DigitalOceanCall call, ObjectNode itself) {
        String name = Json.requiredText(body, "name", 255);
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("name may have letters, numbers, dashes and periods");
        }
        if (call.account().vpcs.values().stream().anyMatch(vpc -> vpc != itself && vpc.get("name").textValue().equals(name))) {
            throw Refusal.unprocessable("This name is already in use.");
        }
        return name;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = name(body, call, null);
        String region = Json.requiredText(body, "region", 16);
        if (Catalogue.region(region) == null) {
            throw Refusal.unprocessable("region is not one of those that there are");
        }
        ObjectNode vpc = add(call.account(), UUID.randomUUID().toString(), name, region, false, call.nowMicros());
        String range = Json.text(body, "ip_range", 18);
        String description = Json.text(body, "description", 255);
        if (range != null && !range.isEmpty()) {
            vpc.put("ip_range", range);
        }
        vpc.put("description", description == null ? "" : description);
        return SimulatedResponse.created(SimulatedResponse.wrapped("vpc", vpc));
    }

    private static SimulatedResponse update(DigitalOceanCall call, boolean whole) {
        ObjectNode vpc = vpc(call);
        ObjectNode body = call.json();
        if (whole || body.hasNonNull("name")) {
            vpc.put("name", name(body, call, vpc));
        }
        String description = Json.text(body, "description", 255);
        if (whole || description != null) {
            vpc.put("description", description == null ? "" : description);
        }
        if (Json.bool(body, "default", vpc.get("default").booleanValue())) {
            call.account().vpcs.values().forEach(each -> each.put("default", false));
            vpc.put("default", true);
        }
        return SimulatedResponse.ok(SimulatedResponse.wrapped("vpc", vpc));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        ObjectNode vpc = vpc(call);
        if (vpc.get("default").booleanValue() || !dropletsIn(call, vpc).isEmpty()) {
            throw new Refusal(403, "forbidden", "Can not delete VPC with members, nor the default one");
        }
        call.account().vpcs.remove(vpc.get("id").textValue());
        return SimulatedResponse.noContent();
    }

    private static List<Droplet> dropletsIn(DigitalOceanCall call, ObjectNode vpc) {
        return call.account().droplets.values().stream().filter(droplet -> vpc.get("id").textValue().equals(droplet.vpc())).toList();
    }

    private static SimulatedResponse members(DigitalOceanCall call) {
        return Paging.page(call, "members", dropletsIn(call, vpc(call)), droplet -> Json.MAPPER.createObjectNode().put("urn", droplet.urn())
            .put("name", droplet.name()).put("created_at", DropletCalls.json(droplet, call).get("created_at").textValue()));
    }
}
