// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Writes JSON as sloppy and hostile clients do: other spellings of members, members twice, members that the document does not know. */
final class OddJson {
    private static final double RARELY = 0.06;
    /** Members that hold whatever the client likes: labels of nodes, JSON Schemas of functions. */
    private static final Set<String> FREE_FORM = Set.of("labels", "input_schema", "output_schema");
    private static final List<String> EXTRA = List.of("droplet_ids", "dropletIds", "DROPLET_ID", "volume_id", "tags", "firewallUuid", "resources", "image-id",
        "vpc_uuid", "kubernetesIds", "load_balancer_uids", "LoadBalancerUids", "clusterUuid", "project id", "projectId", "x_droplet_id");

    private final Random random;
    private final Supplier<JsonNode> anyId;

    OddJson(Random random, Supplier<JsonNode> anyId) {
        this.random = random;
        this.anyId = anyId;
    }

    String write(JsonNode node) {
        return write(node, "");
    }

    /** @param holder name of the member that holds the node: the members of a free form are the client's own words */
    private String write(JsonNode node, String holder) {
        if (node.isArray()) {
            List<String> elements = new ArrayList<>();
            node.forEach(element -> elements.add(write(element, holder)));
            return "[" + String.join(",", elements) + "]";
        }
        if (!node.isObject()) {
            return node.toString();
        }
        List<String> members = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            boolean holdsIds = SampleWorld.ofMember(member.getKey()).isPresent() || member.getKey().equals("resources");
            String name = random.nextDouble() < (holdsIds ? 3 * RARELY : RARELY / 4) ? respelled(member.getKey(), random) : member.getKey();
            members.add(name(name) + ":" + (holdsIds && random.nextDouble() < RARELY ? empty() : write(member.getValue(), member.getKey())));
            if (holdsIds && random.nextDouble() < RARELY) {
                members.add(name(respelled(member.getKey(), random)) + ":" + value());
            }
        }
        if (!FREE_FORM.contains(holder) && random.nextDouble() < RARELY) {
            members.add(name(EXTRA.get(random.nextInt(EXTRA.size()))) + ":" + value());
        }
        return "{" + String.join(",", members) + "}";
    }

    private String value() {
        String id = anyId.get().toString();
        return random.nextBoolean() ? id : "[" + id + "]";
    }

    private String empty() {
        return random.nextBoolean() ? "null" : "[]";
    }

    private String name(String name) {
        String text = TextNode.valueOf(name).toString();
        return random.nextDouble() < RARELY ? "\"" + String.format("\\u%04x", (int) name.charAt(0)) + text.substring(2) : text;
    }

    /** Returns another spelling of a member's or parameter's name. */
    static String respelled(String name, Random random) {
        return switch (random.nextInt(7)) {
            case 0 -> camel(name);
            case 1 -> name.substring(0, 1).toUpperCase(Locale.ROOT) + camel(name).substring(1);
            case 2 -> name.toUpperCase(Locale.ROOT);
            case 3 -> name.replace('_', '-');
            case 4 -> name.replace("_", "");
            case 5 -> name.replace('_', ' ');
            default -> name.replace("s", "\u017f");
        };
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("_")) {
            camel.append(camel.length() == 0 || word.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return camel.toString();
    }
}
