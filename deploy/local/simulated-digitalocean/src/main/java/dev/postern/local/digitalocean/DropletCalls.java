package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.Answer;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** /v2/droplets. Actions, backups, snapshots and autoscaling are not simulated. */
final class DropletCalls {
    private static final String ONE = "/v2/droplets/{droplet_id}";
    private static final String ID = "droplet_id";
    private static final int AT_ONCE_MAX = 10;
    static final int NAME_CHARACTERS_MAX = 255;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]?[a-z0-9A-Z.\\-]*[a-z0-9A-Z]");

    private DropletCalls() {
    }

    static void on(Routes<Call> routes) {
        routes.on("GET", "/v2/droplets", DropletCalls::list)
                .on("POST", "/v2/droplets", DropletCalls::create)
                .on("DELETE", "/v2/droplets", DropletCalls::destroyByTag)
                .on("GET", ONE, call -> Answer.ok(Answer.wrapped("droplet", droplet(call).json())))
                .on("DELETE", ONE, DropletCalls::destroy)
                .on("GET", ONE + "/firewalls", DropletCalls::firewalls);
    }

    private static Droplet droplet(Call call) {
        Droplet droplet = call.account().droplets.get(call.id(ID));
        if (droplet == null) {
            throw Refusal.notFound();
        }
        return droplet;
    }

    private static Answer list(Call call) {
        String tag = call.query().get("tag_name");
        String name = call.query().get("name");
        Stream<Droplet> all = call.account().droplets.values().stream();
        if (tag != null) {
            all = all.filter(droplet -> droplet.tags().contains(tag));
        }
        if (name != null) {
            all = all.filter(droplet -> droplet.name().equalsIgnoreCase(name));
        }
        return Paging.page(call, "droplets", "gpus".equals(call.query().get("type")) ? List.<Droplet>of() : all.toList(), Droplet::json);
    }

    private static Answer create(Call call) {
        ObjectNode body = call.json();
        List<String> names = body.has("names") ? Json.texts(body, "names") : List.of(Json.requiredText(body, "name", NAME_CHARACTERS_MAX));
        if (names.isEmpty() || names.size() > AT_ONCE_MAX) {
            throw Refusal.unprocessable("names must list 1 to " + AT_ONCE_MAX + " names");
        }
        for (String name : names) {
            if (name.length() > NAME_CHARACTERS_MAX || !NAME.matcher(name).matches()) {
                throw Refusal.unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
            }
        }
        String size = Json.requiredText(body, "size", 64);
        if (!body.path("image").isTextual() && !body.path("image").isIntegralNumber()) {
            throw Refusal.unprocessable("image is required");
        }
        String region = Json.text(body, "region", 16);
        List<String> tags = List.copyOf(new LinkedHashSet<>(Json.texts(body, "tags")));
        tags.forEach(TagCalls::checkedName);
        List<Droplet> made = new ArrayList<>();
        for (String name : names) {
            Droplet droplet = new Droplet(call.account().newId(), name, region == null ? "fra1" : region, size, body.get("image").asText(), call.nowMicros());
            call.account().droplets.put(droplet.id(), droplet);
            tags.forEach(tag -> call.account().tagDroplet(droplet, tag, call.nowMicros(), call.delayMicros()));
            ProjectCalls.defaultProject(call).resources().put(droplet.urn(), call.nowMicros());
            made.add(droplet);
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        if (body.has("names")) {
            ArrayNode droplets = answer.putArray("droplets");
            made.forEach(droplet -> droplets.add(droplet.json()));
        } else {
            answer.set("droplet", made.get(0).json());
        }
        answer.putObject("links").putArray("actions");
        return Answer.accepted(answer);
    }

    private static Answer destroy(Call call) {
        call.account().destroyDroplet(droplet(call), call.nowMicros(), call.delayMicros());
        return Answer.noContent();
    }

    private static Answer destroyByTag(Call call) {
        String tag = call.query().get("tag_name");
        if (tag == null || tag.isEmpty()) {
            throw Refusal.unprocessable("tag_name is required");
        }
        if (!call.account().tags.contains(tag)) {
            throw Refusal.notFound();
        }
        List<Droplet> tagged = call.account().droplets.values().stream().filter(droplet -> droplet.tags().contains(tag)).toList();
        tagged.forEach(droplet -> call.account().destroyDroplet(droplet, call.nowMicros(), call.delayMicros()));
        return Answer.noContent();
    }

    private static Answer firewalls(Call call) {
        long id = droplet(call).id();
        List<Firewall> attached = call.account().firewalls.values().stream()
                .filter(firewall -> call.account().protectedBy(firewall.shown()).contains(id)).toList();
        return Paging.page(call, "firewalls", attached, firewall -> FirewallCalls.json(firewall, call));
    }
}
