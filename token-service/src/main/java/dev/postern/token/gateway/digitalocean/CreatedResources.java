// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Operation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which resources an answer to a create names as new. */
final class CreatedResources {
    private CreatedResources() {}

    /** Returns the created resources. An invalid resource name is left out and belongs to no grant. */
    static Set<ResourceName> of(Operation.Creation creation, JsonNode answer) {
        Set<ResourceName> names = new LinkedHashSet<>();
        for (String pointer : creation.ids()) {
            for (JsonNode id : at(answer, pointer)) {
                if (id.isTextual() || id.isIntegralNumber()) {
                    try {
                        ResourceName name = new ResourceName("do:" + creation.type() + ":" + id.asText());
                        if (!name.wildcard()) {
                            names.add(name);
                        }
                    } catch (IllegalArgumentException noName) {
                        continue;
                    }
                }
            }
        }
        return names;
    }

    private static List<JsonNode> at(JsonNode tree, String pointer) {
        List<JsonNode> found = List.of(tree);
        for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : found) {
                if (step.equals("*")) {
                    node.forEach(next::add);
                } else {
                    next.add(node.path(step.replace("~1", "/").replace("~0", "~")));
                }
            }
            found = next;
        }
        return found;
    }
}
