// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/** A folder of schemas, with references followed inside it. */
record Schemas(Path folder) {
    static final Schemas PRESENT = new Schemas(Path.of("src/main/resources/schemas"));
    static final Schemas PUBLISHED = new Schemas(Path.of("src/test/resources/published"));

    /** A schema and the file that its references start from. */
    record Place(String file, JsonNode schema) {}

    Place of(Topic topic) {
        String file = topic.topicName() + ".v1.json";
        return new Place(file, file(file));
    }

    JsonNode file(String name) {
        try (InputStream content = Files.newInputStream(folder.resolve(name))) {
            return Golden.MAPPER.readTree(content);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The schema that a reference leads to, or the schema itself where it has none. */
    Place resolve(Place place) {
        Place at = place;
        while (at.schema().has("$ref")) {
            String[] reference = at.schema().get("$ref").textValue().split("#", -1);
            String file = reference[0].isEmpty() ? at.file() : reference[0];
            at = new Place(file, file(file).at(reference[1]));
        }
        return at;
    }

    /** Everything that holds for a value: the schema, what it refers to, and what its branches add. */
    List<Place> parts(Place place) {
        List<Place> parts = new ArrayList<>();
        Deque<Place> open = new ArrayDeque<>(List.of(place));
        while (!open.isEmpty()) {
            Place at = open.pop();
            parts.add(at);
            if (at.schema().has("$ref")) {
                open.push(resolve(at));
            }
            at.schema().path("allOf").forEach(branch -> open.push(new Place(at.file(), branch.path("then"))));
        }
        return parts;
    }

    static void eachNode(String pointer, JsonNode node, BiConsumer<String, JsonNode> action) {
        action.accept(pointer, node);
        node.properties().forEach(member -> eachNode(pointer + "/" + member.getKey(), member.getValue(), action));
        if (node.isArray()) {
            for (int index = 0; index < node.size(); index++) {
                eachNode(pointer + "/" + index, node.get(index), action);
            }
        }
    }
}
