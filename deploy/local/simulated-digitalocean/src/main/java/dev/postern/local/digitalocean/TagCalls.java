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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** /v2/tags. */
final class TagCalls {
    private static final String ONE = "/v2/tags/{tag_id}";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_\\-:]{1,255}");
    private static final Set<String> TYPES = Set.of("droplet", "image", "volume", "volume_snapshot");

    private TagCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/tags", call -> Paging.page(call, "tags", call.account().tags, tag -> json(tag, call)))
            .on("POST", "/v2/tags", TagCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("tag", json(known(call), call))))
            .on("DELETE", ONE, TagCalls::delete)
            .on("POST", ONE + "/resources", call -> resources(call, true))
            .on("DELETE", ONE + "/resources", call -> resources(call, false));
    }

    static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("a tag may have letters, numbers, colons, dashes and underscores, at most 255");
        }
        return name;
    }

    private static String known(DigitalOceanCall call) {
        String tag = call.name("tag_id");
        if (!call.account().tags.contains(tag)) {
            throw Refusal.notFound();
        }
        return tag;
    }

    /** The one operation here whose documented 400 has DigitalOcean's second error shape. */
    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body;
        try {
            body = call.json();
        } catch (Refusal refusal) {
            if (refusal.status() != 400) {
                throw refusal;
            }
            ObjectNode error = Json.MAPPER.createObjectNode().put("error", refusal.getMessage());
            error.putArray("messages").add(refusal.getMessage());
            error.putArray("root_causes");
            return new SimulatedResponse(400, error, Map.of());
        }
        String name = checkedName(Json.requiredText(body, "name", 255));
        call.account().tags.add(name);
        return SimulatedResponse.created(SimulatedResponse.wrapped("tag", json(name, call)));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        call.account().deleteTag(known(call), call.nowMicros(), call.delayMicros());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse resources(DigitalOceanCall call, boolean tagging) {
        String tag = known(call);
        List<Droplet> droplets = new ArrayList<>();
        List<ObjectNode> others = new ArrayList<>();
        for (JsonNode each : Json.requiredArray(call.json(), "resources")) {
            String type = each.isObject() ? Json.text(each, "resource_type", 32) : null;
            String id = each.isObject() ? Json.text(each, "resource_id", 64) : null;
            if (type == null || id == null || !TYPES.contains(type)) {
                throw Refusal.unprocessable("resources must be an array of objects with resource_id and resource_type");
            }
            Object resource = resource(call.account(), type, id);
            if (resource instanceof Droplet droplet) {
                droplets.add(droplet);
            } else if (resource instanceof ObjectNode other) {
                others.add(other);
            } else {
                throw Refusal.notFound();
            }
        }
        others.forEach(other -> tag((ArrayNode) other.get("tags"), tag, tagging));
        for (Droplet droplet : droplets) {
            if (tagging) {
                call.account().tagDroplet(droplet, tag, call.nowMicros(), call.delayMicros());
            } else {
                call.account().untagDroplet(droplet, tag, call.nowMicros(), call.delayMicros());
            }
        }
        return SimulatedResponse.noContent();
    }

    /** Null where there is none. */
    private static Object resource(CloudAccount account, String type, String id) {
        boolean number = id.matches("\\d{1,18}");
        return switch (type) {
            case "droplet" -> number ? account.droplets.get(Long.parseLong(id)) : null;
            case "image" -> number ? account.images.get(Long.parseLong(id)) : null;
            case "volume" -> account.volumes.get(id);
            default -> account.volumeSnapshots.get(id);
        };
    }

    static void tag(ArrayNode tags, String tag, boolean tagging) {
        for (int at = tags.size() - 1; at >= 0; at--) {
            if (tags.get(at).asText().equals(tag)) {
                tags.remove(at);
            }
        }
        if (tagging) {
            tags.add(tag);
        }
    }

    private static JsonNode json(String tag, DigitalOceanCall call) {
        CloudAccount account = call.account();
        ObjectNode node = Json.MAPPER.createObjectNode().put("name", tag);
        ObjectNode resources = node.putObject("resources").put("count", 0);
        List<String> droplets = DropletCalls.tagged(account, tag).stream().map(droplet -> String.valueOf(droplet.id())).toList();
        counted(resources, "droplets", droplets, "/v2/droplets/", call);
        counted(resources, "images", tagged(account.images.values(), tag), "/v2/images/", call);
        counted(resources, "volumes", tagged(account.volumes.values(), tag), "/v2/volumes/", call);
        counted(resources, "volume_snapshots", tagged(account.volumeSnapshots.values(), tag), "/v2/snapshots/", call);
        counted(resources, "databases", List.of(), "/v2/databases/", call);
        return node;
    }

    private static List<String> tagged(Collection<ObjectNode> all, String tag) {
        return all.stream().filter(each -> ImageCalls.contains(each.get("tags"), tag)).map(each -> each.get("id").asText()).toList();
    }

    private static void counted(ObjectNode resources, String kind, List<String> ids, String path, DigitalOceanCall call) {
        ObjectNode counted = resources.putObject(kind).put("count", ids.size());
        if (!ids.isEmpty()) {
            String last = call.linkBase() + path + ids.get(ids.size() - 1);
            counted.put("last_tagged_uri", last);
            resources.put("count", resources.get("count").intValue() + ids.size());
            resources.put("last_tagged_uri", last);
        }
    }
}
