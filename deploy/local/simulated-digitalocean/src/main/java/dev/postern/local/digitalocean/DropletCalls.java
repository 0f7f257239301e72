// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** /v2/droplets. Backups, autoscaling and destruction with associated resources are not simulated. */
final class DropletCalls {
    static final String ONE = "/v2/droplets/{droplet_id}";
    static final int NAME_CHARACTERS_MAX = 255;
    private static final String ID = "droplet_id";
    private static final int AT_ONCE_MAX = 10;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]?[a-z0-9A-Z.\\-]*[a-z0-9A-Z]");

    private DropletCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/droplets", DropletCalls::list)
            .on("POST", "/v2/droplets", DropletCalls::create)
            .on("DELETE", "/v2/droplets", DropletCalls::destroyByTag)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("droplet", json(droplet(call), call))))
            .on("DELETE", ONE, DropletCalls::destroy)
            .on("GET", ONE + "/firewalls", DropletCalls::firewalls)
            .on("GET", ONE + "/snapshots", DropletCalls::snapshots)
            .on("GET", ONE + "/backups", call -> Paging.page(call, "backups", List.of(droplet(call)).subList(0, 0), droplet -> json(droplet, call)))
            .on("GET", ONE + "/neighbors", DropletCalls::neighbors);
    }

    static Droplet droplet(DigitalOceanCall call) {
        Droplet droplet = call.account().droplets.get(call.id(ID));
        if (droplet == null) {
            throw Refusal.notFound();
        }
        return droplet;
    }

    static ObjectNode json(Droplet droplet, DigitalOceanCall call) {
        return droplet.json(call.account(), call.nowMicros());
    }

    /** @throws Refusal 422 where it is no host name */
    static String checkedName(String name) {
        if (name.length() > NAME_CHARACTERS_MAX || !NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
        }
        return name;
    }

    static List<Droplet> tagged(CloudAccount account, String tag) {
        return account.droplets.values().stream().filter(droplet -> droplet.tags().contains(tag)).toList();
    }

    private static SimulatedResponse list(DigitalOceanCall call) {
        String tag = call.query().get("tag_name");
        String name = call.query().get("name");
        Stream<Droplet> all = call.account().droplets.values().stream();
        if (tag != null) {
            all = all.filter(droplet -> droplet.tags().contains(tag));
        }
        if (name != null) {
            all = all.filter(droplet -> droplet.name().equalsIgnoreCase(name));
        }
        return Paging.page(call, "droplets", "gpus".equals(call.query().get("type")) ? List.<Droplet>of() : all.toList(), droplet -> json(droplet, call));
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        List<String> names = body.has("names") ? Json.texts(body, "names") : List.of(Json.requiredText(body, "name", NAME_CHARACTERS_MAX));
        if (names.isEmpty() || names.size() > AT_ONCE_MAX) {
            throw Refusal.unprocessable("names must list 1 to " + AT_ONCE_MAX + " names");
        }
        names.forEach(DropletCalls::checkedName);
        Droplet.Plan plan = plan(body, call);
        List<String> tags = List.copyOf(new LinkedHashSet<>(Json.texts(body, "tags")));
        tags.forEach(TagCalls::checkedName);
        List<ObjectNode> volumes = Json.texts(body, "volumes").stream()
            .map(id -> call.account().volume(id, Refusal.unprocessable("volume not found"))).toList();
        List<Droplet> made = new ArrayList<>();
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode actions = Json.MAPPER.createArrayNode();
        for (String name : names) {
            Droplet droplet = new Droplet(call.account().newId(), name, plan, call.nowMicros(), call.nowMicros() + call.delayMicros());
            call.account().droplets.put(droplet.id(), droplet);
            tags.forEach(tag -> call.account().tagDroplet(droplet, tag, call.nowMicros(), call.delayMicros()));
            volumes.forEach(volume -> ((ArrayNode) volume.get("droplet_ids")).removeAll().add(droplet.id()));
            ProjectCalls.defaultProject(call).resources().put(droplet.urn(), call.nowMicros());
            actions.add(DropletActionCalls.begun(call, droplet, "create").link(body.has("names") ? "multiple_create" : "create", call));
            made.add(droplet);
        }
        if (body.has("names")) {
            ArrayNode droplets = answer.putArray("droplets");
            made.forEach(droplet -> droplets.add(json(droplet, call)));
        } else {
            answer.set("droplet", json(made.get(0), call));
        }
        answer.putObject("links").set("actions", actions);
        return SimulatedResponse.accepted(answer);
    }

    private static Droplet.Plan plan(ObjectNode body, DigitalOceanCall call) {
        String size = Json.requiredText(body, "size", 64);
        if (Catalogue.size(size) == null) {
            throw Refusal.unprocessable("You specified an invalid size for Droplet creation.");
        }
        if (!body.path("image").isTextual() && !body.path("image").isIntegralNumber()) {
            throw Refusal.unprocessable("image is required");
        }
        String region = Json.text(body, "region", 16);
        if (region != null && Catalogue.region(region) == null) {
            throw Refusal.unprocessable("You specified an invalid region for Droplet creation.");
        }
        String vpc = Json.text(body, "vpc_uuid", 64);
        if (vpc != null && !vpc.isEmpty() && !call.account().vpcs.containsKey(vpc)) {
            throw Refusal.unprocessable("You specified an invalid VPC for Droplet creation.");
        }
        for (JsonNode key : body.path("ssh_keys")) {
            if (KeyCalls.find(call.account(), key.asText()) == null) {
                throw Refusal.unprocessable(key.asText() + " are invalid key identifiers for Droplet creation.");
            }
        }
        Set<String> features = new LinkedHashSet<>();
        for (String feature : List.of("backups", "ipv6", "monitoring")) {
            if (Json.bool(body, feature, false)) {
                features.add(feature);
            }
        }
        return new Droplet.Plan(region == null ? Catalogue.REGION_DEFAULT : region, size, ImageCalls.usable(call.account(), body.get("image")),
            vpc == null || vpc.isEmpty() ? call.account().defaultVpc() : vpc, features);
    }

    private static SimulatedResponse destroy(DigitalOceanCall call) {
        call.account().destroyDroplet(droplet(call), call.nowMicros(), call.delayMicros());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse destroyByTag(DigitalOceanCall call) {
        for (Droplet droplet : taggedAsAsked(call)) {
            call.account().destroyDroplet(droplet, call.nowMicros(), call.delayMicros());
        }
        return SimulatedResponse.noContent();
    }

    /** The Droplets with the tag of the query's {@code tag_name}. */
    static List<Droplet> taggedAsAsked(DigitalOceanCall call) {
        String tag = call.query().get("tag_name");
        if (tag == null || tag.isEmpty()) {
            throw Refusal.unprocessable("tag_name is required");
        }
        if (!call.account().tags.contains(tag)) {
            throw Refusal.notFound();
        }
        return tagged(call.account(), tag);
    }

    private static SimulatedResponse firewalls(DigitalOceanCall call) {
        long id = droplet(call).id();
        List<Firewall> attached = call.account().firewalls.values().stream()
            .filter(firewall -> call.account().protectedBy(firewall.shown()).contains(id)).toList();
        return Paging.page(call, "firewalls", attached, firewall -> FirewallCalls.json(firewall, call));
    }

    private static SimulatedResponse snapshots(DigitalOceanCall call) {
        return Paging.page(call, "snapshots", call.account().snapshotsOf(String.valueOf(droplet(call).id())), image -> {
            ObjectNode shown = image.deepCopy();
            shown.remove(List.of("description", "status", "error_message", "tags"));
            return shown;
        });
    }

    private static SimulatedResponse neighbors(DigitalOceanCall call) {
        droplet(call);
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.putArray("droplets"); // each Droplet runs on hardware of its own here
        return SimulatedResponse.ok(answer);
    }
}
