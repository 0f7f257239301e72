// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;

/** Actions on Droplets. An action's effect shows at once, the action itself completes after the delay of pending changes. */
final class DropletActionCalls {
    private static final String ACTIONS = DropletCalls.ONE + "/actions";
    private static final String TYPE = "droplet";

    private DropletActionCalls() {
    }

    static void on(Routes<DigitalOceanCall> routes) {
        routes.on("POST", "/v2/droplets/actions", DropletActionCalls::beginByTag)
            .on("GET", ACTIONS, call -> ActionCalls.ofResource(call, TYPE, name(DropletCalls.droplet(call))))
            .on("POST", ACTIONS, DropletActionCalls::begin)
            .on("GET", ACTIONS + "/{action_id}", call -> ActionCalls.oneOfResource(call, TYPE, name(DropletCalls.droplet(call))));
    }

    static Action begun(DigitalOceanCall call, Droplet droplet, String type) {
        return call.account().begin(call, type, TYPE, name(droplet), droplet.id(), droplet.region());
    }

    private static String name(Droplet droplet) {
        return String.valueOf(droplet.id());
    }

    private static SimulatedResponse begin(DigitalOceanCall call) {
        Droplet droplet = DropletCalls.droplet(call);
        String type = Json.requiredText(call.json(), "type", 32);
        apply(call, droplet, type);
        return SimulatedResponse.created(SimulatedResponse.wrapped("action", begun(call, droplet, type).json(call.nowMicros())));
    }

    private static SimulatedResponse beginByTag(DigitalOceanCall call) {
        String type = Json.requiredText(call.json(), "type", 32);
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode actions = answer.putArray("actions");
        for (Droplet droplet : DropletCalls.taggedAsAsked(call)) {
            apply(call, droplet, type);
            actions.add(begun(call, droplet, type).json(call.nowMicros()));
        }
        return SimulatedResponse.created(answer);
    }

    private static void apply(DigitalOceanCall call, Droplet droplet, String type) {
        ObjectNode body = call.json();
        switch (type) {
            case "power_off", "shutdown" -> droplet.power(false);
            case "power_on", "reboot", "power_cycle" -> droplet.power(true);
            case "password_reset", "change_kernel", "change_backup_policy" -> droplet.id();
            case "enable_backups" -> droplet.features().add("backups");
            case "disable_backups" -> droplet.features().remove("backups");
            case "enable_ipv6" -> droplet.features().add("ipv6");
            case "rename" -> droplet.rename(DropletCalls.checkedName(Json.requiredText(body, "name", DropletCalls.NAME_CHARACTERS_MAX)));
            case "rebuild", "restore" -> {
                if (!body.hasNonNull("image")) {
                    throw Refusal.unprocessable("image is required");
                }
                droplet.rebuild(ImageCalls.usable(call.account(), body.get("image")));
            }
            case "resize" -> {
                String size = Json.requiredText(body, "size", 64);
                if (Catalogue.size(size) == null) {
                    throw Refusal.unprocessable("You specified an invalid size.");
                }
                droplet.resize(size);
            }
            case "snapshot" -> ImageCalls.snapshot(call, droplet, Json.text(body, "name", DropletCalls.NAME_CHARACTERS_MAX));
            default -> throw Refusal.unprocessable("You specified an invalid action type.");
        }
    }
}
