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
import java.util.List;
import java.util.Set;

/** /v2/images, /v2/regions, /v2/sizes: what Droplets are made of. Transfers between accounts are not simulated. */
final class ImageCalls {
    private static final String ONE = "/v2/images/{image_id}";
    private static final String ID = "image_id";
    private static final Set<String> DISTRIBUTIONS = Set.of("Arch Linux", "CentOS", "CoreOS", "Debian", "Fedora", "Fedora Atomic", "FreeBSD", "Gentoo",
        "openSUSE", "RancherOS", "Rocky Linux", "Ubuntu", "Unknown");

    private ImageCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("GET", "/v2/regions", call -> Paging.page(call, "regions", Catalogue.regions(), region -> region))
            .on("GET", "/v2/sizes", call -> Paging.page(call, "sizes", Catalogue.sizes(), size -> size))
            .on("GET", "/v2/images", ImageCalls::list)
            .on("POST", "/v2/images", ImageCalls::create)
            .on("GET", ONE, call -> SimulatedResponse.ok(SimulatedResponse.wrapped("image", image(call))))
            .on("PUT", ONE, ImageCalls::update)
            .on("DELETE", ONE, ImageCalls::delete)
            .on("GET", ONE + "/actions", call -> ActionCalls.ofResource(call, "image", image(call).get("id").asText()))
            .on("POST", ONE + "/actions", ImageCalls::begin)
            .on("GET", ONE + "/actions/{action_id}", call -> ActionCalls.oneOfResource(call, "image", image(call).get("id").asText()));
    }

    /**
     * A public image, or one of the account's own.
     *
     * @throws Refusal 422 where there is none
     */
    static ObjectNode usable(CloudAccount account, JsonNode slugOrId) {
        ObjectNode image = find(account, slugOrId);
        if (image == null) {
            throw Refusal.unprocessable("You specified an invalid image for Droplet creation.");
        }
        return image;
    }

    /** An image of the Droplet as it is now. */
    static ObjectNode snapshot(DigitalOceanCall call, Droplet droplet, String name) {
        ObjectNode image = Catalogue.image(call.account().newId(), name == null ? droplet.name() + "-" + call.nowMicros() / 1_000 : name, "snapshot", "Debian",
            null, List.of(droplet.region()), call.nowMicros());
        call.account().images.put(image.get("id").longValue(), image);
        call.account().snapshotSources.put(image.get("id").asText(), String.valueOf(droplet.id()));
        return image;
    }

    private static ObjectNode find(CloudAccount account, JsonNode slugOrId) {
        ObjectNode image = Catalogue.image(slugOrId);
        return image == null ? account.images.get(slugOrId.asLong(-1)) : image;
    }

    private static ObjectNode image(DigitalOceanCall call) {
        ObjectNode image = find(call.account(), Json.MAPPER.getNodeFactory().textNode(call.name(ID)));
        if (image == null) {
            throw Refusal.notFound();
        }
        return image;
    }

    private static ObjectNode own(DigitalOceanCall call) {
        ObjectNode image = image(call);
        if (image.get("public").booleanValue()) {
            throw new Refusal(403, "forbidden", "You do not have access for the attempted action.");
        }
        return image;
    }

    private static SimulatedResponse list(DigitalOceanCall call) {
        List<ObjectNode> all = new ArrayList<>(call.account().images.values());
        String type = call.query().get("type");
        String tag = call.query().get("tag_name");
        if (!"true".equals(call.query().get("private"))) {
            all.addAll(0, Catalogue.images());
        }
        all.removeIf(image -> "distribution".equals(type) && !image.get("type").textValue().equals("base") || "application".equals(type));
        all.removeIf(image -> tag != null && !contains(image.get("tags"), tag));
        return Paging.page(call, "images", all, image -> image);
    }

    static boolean contains(JsonNode array, String text) {
        for (JsonNode each : array) {
            if (each.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static SimulatedResponse create(DigitalOceanCall call) {
        ObjectNode body = call.json();
        String name = Json.requiredText(body, "name", 255);
        Json.requiredText(body, "url", 2_048);
        String region = Json.requiredText(body, "region", 16);
        String distribution = Json.text(body, "distribution", 32);
        if (Catalogue.region(region) == null || distribution != null && !DISTRIBUTIONS.contains(distribution)) {
            throw Refusal.unprocessable("region or distribution is not one of those that there are");
        }
        ObjectNode image = Catalogue.image(call.account().newId(), name, "custom", distribution == null ? "Unknown" : distribution, null, List.of(region),
            call.nowMicros());
        image.put("status", "NEW");
        Json.texts(body, "tags").forEach(tag -> {
            call.account().tags.add(TagCalls.checkedName(tag));
            ((ArrayNode) image.get("tags")).add(tag);
        });
        call.account().images.put(image.get("id").longValue(), image);
        return SimulatedResponse.accepted(SimulatedResponse.wrapped("image", image));
    }

    private static SimulatedResponse update(DigitalOceanCall call) {
        ObjectNode image = own(call);
        String name = Json.text(call.json(), "name", 255);
        if (name != null) {
            image.put("name", name);
        }
        return SimulatedResponse.ok(SimulatedResponse.wrapped("image", image));
    }

    private static SimulatedResponse delete(DigitalOceanCall call) {
        call.account().forgetImage(own(call).get("id").longValue());
        return SimulatedResponse.noContent();
    }

    private static SimulatedResponse begin(DigitalOceanCall call) {
        ObjectNode image = own(call);
        ObjectNode body = call.json();
        String type = Json.requiredText(body, "type", 32);
        String region = image.get("regions").path(0).asText(Catalogue.REGION_DEFAULT);
        if (type.equals("transfer")) {
            region = Json.requiredText(body, "region", 16);
            if (Catalogue.region(region) == null) {
                throw Refusal.unprocessable("region is not one of those that there are");
            }
            if (!contains(image.get("regions"), region)) {
                ((ArrayNode) image.get("regions")).add(region);
            }
        } else if (!type.equals("convert")) {
            throw Refusal.unprocessable("type must be convert or transfer");
        }
        Action action = call.account().begin(call, type, "image", image.get("id").asText(), image.get("id").longValue(), region);
        return SimulatedResponse.created(action.json(call.nowMicros())); // not wrapped: so the official document has it
    }
}
