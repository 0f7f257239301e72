// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The part of an OpenAPI document that some families of paths need: the validator copies every schema of the document into every
 * schema that it checks, which for the whole of this one takes more memory than a test has.
 */
final class DocumentPart {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String VERSION_PREFIX = "/v2/";

    private DocumentPart() {
    }

    /** The document with the paths {@code /v2/<family>…} only, and the components that they lead to. */
    static String of(byte[] document, Set<String> families) throws IOException {
        JsonNode whole = MAPPER.readTree(document);
        ObjectNode part = MAPPER.createObjectNode();
        whole.fields().forEachRemaining(member -> {
            if (!Set.of("paths", "components", "tags", "x-tagGroups").contains(member.getKey())) {
                part.set(member.getKey(), member.getValue());
            }
        });
        ObjectNode paths = part.putObject("paths");
        whole.path("paths").fields().forEachRemaining(path -> {
            String name = path.getKey();
            if (name.startsWith(VERSION_PREFIX) && families.contains(name.substring(VERSION_PREFIX.length()).split("/")[0])) {
                paths.set(name, path.getValue());
            }
        });
        ObjectNode components = part.putObject("components");
        components.set("securitySchemes", whole.at("/components/securitySchemes"));
        follow(paths, whole, components);
        return MAPPER.writeValueAsString(part);
    }

    private static void follow(JsonNode from, JsonNode whole, ObjectNode components) {
        Set<String> seen = new HashSet<>();
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(from);
        while (!open.isEmpty()) {
            JsonNode node = open.removeLast();
            node.forEach(open::add);
            JsonNode mapping = node.path("discriminator").path("mapping");
            mapping.forEach(target -> copy(target.asText(), whole, components, seen, open));
            if (node.path("$ref").isTextual()) {
                copy(node.get("$ref").textValue(), whole, components, seen, open);
            }
        }
    }

    private static void copy(String reference, JsonNode whole, ObjectNode components, Set<String> seen, Deque<JsonNode> open) {
        if (seen.add(reference)) {
            String[] way = reference.substring("#/components/".length()).split("/", 2);
            JsonNode target = whole.at(reference.substring(1));
            components.withObject("/" + way[0]).set(way[1], target);
            open.add(target);
        }
    }
}
