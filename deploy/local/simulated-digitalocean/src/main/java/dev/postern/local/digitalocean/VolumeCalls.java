// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** /v2/volumes and /v2/snapshots. */
final class VolumeCalls {
    private static final String ONE = "/v2/volumes/{volume_id}";
    private static final String SNAPSHOT = "/v2/volumes/snapshots/{snapshot_id}";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final long GIBIBYTES_MAX = 16_384;

    private VolumeCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/volumes", VolumeCalls::list)
            .on("POST", "/v2/volumes", VolumeCalls::create)
            .on("DELETE", "/v2/volumes", call -> delete(call, named(call, call.query().get("name"))))
            .on("POST", "/v2/volumes/actions", call -> begin(call, named(call, Json.text(call.json(), "volume_name", 64))))
            .on("GET", SNAPSHOT, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("snapshot", snapshot(call))))
            .on("DELETE", SNAPSHOT, VolumeCalls::deleteSnapshot)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("volume", volume(call))))
            .on("DELETE", ONE, call -> delete(call, volume(call)))
            .on("GET", ONE + "/actions", call -> ActionCalls.ofResource(call, "volume", id(volume(call))))
            .on("POST", ONE + "/actions", call -> begin(call, volume(call)))
            .on("GET", ONE + "/actions/{action_id}", call -> ActionCalls.oneOfResource(call, "volume", id(volume(call))))
            .on("GET", ONE + "/snapshots", call -> page(call, call.account().volumeSnapshots.values().stream()
                .filter(snapshot -> snapshot.get("resource_id").textValue().equals(id(volume(call)))).toList()))
            .on("POST", ONE + "/snapshots", VolumeCalls::createSnapshot)
            .on("GET", "/v2/snapshots", VolumeCalls::snapshots)
            .on("GET", "/v2/snapshots/{snapshot_id}", call -> SimulatedResponse.ok(SimulatedResponse.wrapped("snapshot", snapshot(call))))
            .on("DELETE", "/v2/snapshots/{snapshot_id}", VolumeCalls::deleteSnapshot);
    }

    private static String id(ObjectNode volume) {
        return volume.get("id").textValue();
    }

    private static ObjectNode volume(DigitalOceanCall call) {
        return call.account().volume(call.name("volume_id"), Refusal.notFound());
    }

    private static ObjectNode named(DigitalOceanCall call, String name) {
        return call.account().volumes.values().stream().filter(volume -> volume.get("name").textValue().equals(name)).findFirst()
            .orElseThrow(Refusal::notFound);
    }

    private static SimulatedResponse page(DigitalOceanCall call, List<ObjectNode> snapshots) {
        return Paging.page(call, "snapshots", snapshots, snapshot -> snapshot);
    }

    private static SimulatedResponse list(DigitalOceanCall call) {
        String name = call.query().get("name");
        List<ObjectNode> all = new ArrayList<>(call.account().volumes.values());
        all.removeIf(volume -> name != null && !volume.get("name").textValue().equals(name));
        return Paging.page(call, "volumes", all, volume -> volume);
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 64);
        if (!NAME.matcher(name).matches()) {
            throw Refusal.unprocessable("name must begin with a letter and have only lowercase letters, numbers and dashes");
        }
        Long size = Json.integer(body, "size_gigabytes", 1, GIBIBYTES_MAX, null);
        String region = Json.requiredText(body, "region", 16);
        if (size == null || Catalogue.region(region) == null) {
            throw Refusal.unprocessable("size_gigabytes and a known region are required");
        }
        if (call.account().volumes.values().stream().anyMatch(volume -> volume.get("name").textValue().equals(name))) {
            throw Refusal.conflict("A volume with this name already exists in this region.");
        }
        ObjectNode volume = Json.MAPPER.createObjectNode().put("id", UUID.randomUUID().toString()).put("name", name);
        volume.putArray("droplet_ids");
        volume.put("description", text(body, "description")).put("size_gigabytes", size).put("created_at", Times.iso(call.nowMicros()));
        volume.set("region", Catalogue.region(region));
        volume.put("filesystem_type", text(body, "filesystem_type")).put("filesystem_label", text(body, "filesystem_label"));
        tags(call, body, volume);
        call.account().volumes.put(id(volume), volume);
        ProjectCalls.defaultProject(call).resources().put("do:volume:" + id(volume), call.nowMicros());
        return SimulatedResponse.created(SimulatedResponse.wrapped("volume", volume));
    }

    private static String text(ObjectNode body, String member) {
        String text = Json.text(body, member, 255);
        return text == null ? "" : text;
    }

    private static void tags(DigitalOceanCall call, ObjectNode body, ObjectNode into) {
        ArrayNode tags = into.putArray("tags");
        Json.texts(body, "tags").forEach(tag -> {
            call.account().tags.add(TagCalls.checkedName(tag));
            tags.add(tag);
        });
    }

    private static SimulatedResponse delete(DigitalOceanCall call, ObjectNode volume) {
        if (!volume.get("droplet_ids").isEmpty()) {
            throw Refusal.conflict("A volume that is attached to a Droplet cannot be deleted.");
        }
        call.account().volumes.remove(id(volume));
        call.account().projects.values().forEach(project -> project.resources().remove("do:volume:" + id(volume)));
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse begin(DigitalOceanCall call, ObjectNode volume) {
        ObjectNode body = call.json();
        String type = Json.requiredText(body, "type", 32);
        ArrayNode droplets = (ArrayNode) volume.get("droplet_ids");
        switch (type) {
            case "attach", "detach" -> {
                Long droplet = Json.integer(body, "droplet_id", 1, Long.MAX_VALUE, null);
                if (droplet == null || !call.account().droplets.containsKey(droplet)) {
                    throw Refusal.unprocessable("droplet_id must name a Droplet");
                }
                droplets.removeAll();
                if (type.equals("attach")) {
                    droplets.add(droplet);
                }
            }
            case "resize" -> {
                Long size = Json.integer(body, "size_gigabytes", volume.get("size_gigabytes").longValue(), GIBIBYTES_MAX, null);
                if (size == null) {
                    throw Refusal.unprocessable("size_gigabytes is required");
                }
                volume.put("size_gigabytes", size);
            }
            default -> throw Refusal.unprocessable("type must be attach, detach or resize");
        }
        Action action = call.account().begin(call, type + "_volume", "volume", id(volume), null, volume.at("/region/slug").textValue());
        return SimulatedResponse.accepted(SimulatedResponse.wrapped("action", action.json(call.nowMicros())));
    }

    private static SimulatedResponse createSnapshot(DigitalOceanCall call) {
        ObjectNode volume = volume(call);
        ObjectNode body = call.json();
        String id = UUID.randomUUID().toString();
        String name = Json.requiredText(body, "name", 255);
        ObjectNode snapshot = snapshotJson(id, name, Times.iso(call.nowMicros()), volume.get("size_gigabytes").intValue(), id(volume), "volume");
        ((ArrayNode) snapshot.get("regions")).add(volume.at("/region/slug").textValue());
        tags(call, body, snapshot);
        call.account().volumeSnapshots.put(id, snapshot);
        return SimulatedResponse.created(SimulatedResponse.wrapped("snapshot", snapshot));
    }

    private static ObjectNode snapshotJson(String id, String name, String createdAt, int diskGib, String resource, String resourceType) {
        ObjectNode snapshot = Json.MAPPER.createObjectNode().put("id", id).put("name", name).put("created_at", createdAt);
        snapshot.putArray("regions");
        snapshot.put("min_disk_size", diskGib).put("size_gigabytes", 0.5).put("resource_id", resource).put("resource_type", resourceType);
        snapshot.putArray("tags");
        return snapshot;
    }

    /** The snapshots of Droplets, which are images, as /v2/snapshots shows them. */
    private static List<ObjectNode> ofDroplets(DigitalOceanCall call) {
        List<ObjectNode> all = new ArrayList<>();
        call.account().snapshotSources.forEach((id, droplet) -> {
            ObjectNode image = call.account().images.get(Long.parseLong(id));
            ObjectNode snapshot = snapshotJson(id, image.get("name").textValue(), image.get("created_at").textValue(),
                image.get("min_disk_size").intValue(), droplet, "droplet");
            snapshot.set("regions", image.get("regions"));
            all.add(snapshot);
        });
        return all;
    }

    private static SimulatedResponse snapshots(DigitalOceanCall call) {
        String type = call.query().get("resource_type");
        List<ObjectNode> all = new ArrayList<>(ofDroplets(call));
        all.addAll(call.account().volumeSnapshots.values());
        all.removeIf(snapshot -> type != null && !snapshot.get("resource_type").textValue().equals(type));
        return page(call, all);
    }

    private static ObjectNode snapshot(DigitalOceanCall call) {
        String id = call.name("snapshot_id");
        ObjectNode ofVolume = call.account().volumeSnapshots.get(id);
        return ofVolume != null ? ofVolume : ofDroplets(call).stream().filter(snapshot -> snapshot.get("id").textValue().equals(id)).findFirst()
            .orElseThrow(Refusal::notFound);
    }

    private static SimulatedResponse deleteSnapshot(DigitalOceanCall call) {
        ObjectNode snapshot = snapshot(call);
        String id = snapshot.get("id").textValue();
        if (call.account().volumeSnapshots.remove(id) == null) {
            call.account().forgetImage(Long.parseLong(id));
        }
        return SimulatedResponse.noContent();
    }
}
