// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Makes random JSON that a schema of the document describes. */
final class SchemaSampler {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEPTH_MAX = 7;
    private static final double OPTIONAL = 0.35;

    private final ApiDocument document;
    private final Random random;
    private final Leaf references;

    /** Decides the value of a member that may hold ids. */
    interface Leaf {
        /** Returns the value of a scalar; empty for a plain one. @param member the nearest member's name */
        Optional<JsonNode> value(String member, String schemaType);
    }

    SchemaSampler(ApiDocument document, Random random, Leaf references) {
        this.document = document;
        this.random = random;
        this.references = references;
    }

    JsonNode sample(JsonNode schema) {
        return sample(schema, "", 0);
    }

    /** The members of an object schema with everything that allOf and one choice of oneOf and anyOf add. */
    private record Shape(JsonNode own, Map<String, JsonNode> properties, Set<String> required, JsonNode items, String type) {}

    private Shape shape(JsonNode unresolved) {
        JsonNode schema = document.resolve(unresolved);
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        JsonNode items = schema.get("items");
        String type = schema.path("type").asText();
        schema.path("properties").properties().forEach(member -> properties.put(member.getKey(), member.getValue()));
        schema.path("required").forEach(name -> required.add(name.asText()));
        JsonNode own = schema;
        for (String combined : Set.of("allOf", "oneOf", "anyOf")) {
            JsonNode parts = schema.path(combined);
            int chosen = parts.isEmpty() ? 0 : random.nextInt(parts.size());
            for (int at = 0; at < parts.size(); at++) {
                if (combined.equals("allOf") || at == chosen) {
                    Shape part = shape(parts.get(at));
                    part.properties().forEach(properties::putIfAbsent);
                    required.addAll(part.required());
                    items = items == null ? part.items() : items;
                    type = type.isEmpty() ? part.type() : type;
                    own = own.has("enum") || own.has("type") ? own : part.own();
                }
            }
        }
        return new Shape(own, properties, required, items, type);
    }

    private JsonNode sample(JsonNode schema, String member, int depth) {
        Shape shape = shape(schema);
        if (!shape.properties().isEmpty()) {
            ObjectNode object = JSON.objectNode();
            if (shape.properties().keySet().containsAll(Set.of("resource_id", "resource_type"))) {
                object.set("resource_id", references.value("droplet_id", "string").orElseThrow());
                return object.put("resource_type", "droplet");
            }
            shape.properties().forEach((name, property) -> {
                boolean readOnly = document.resolve(property).path("readOnly").asBoolean();
                if (shape.required().contains(name) && !readOnly || !readOnly && depth < DEPTH_MAX && random.nextDouble() < OPTIONAL) {
                    JsonNode value = sample(property, name, depth + 1);
                    if (value != null) {
                        object.set(name, value);
                    }
                }
            });
            return object;
        }
        if (shape.items() != null) {
            ArrayNode array = JSON.arrayNode();
            boolean holdsIds = SampleWorld.ofMember(member).isPresent() || member.equals("resources");
            int count = holdsIds ? 1 + random.nextInt(2) : depth >= DEPTH_MAX ? 0 : Math.max(shape.own().path("minItems").asInt(), random.nextInt(3));
            for (int at = 0; at < count; at++) {
                JsonNode value = sample(shape.items(), member, depth + 1);
                if (value != null) {
                    array.add(value);
                }
            }
            return array;
        }
        return scalar(shape, member);
    }

    private JsonNode scalar(Shape shape, String member) {
        Optional<JsonNode> reference = shape.own().has("enum") ? Optional.empty() : references.value(member, shape.type());
        if (reference.isPresent()) {
            return reference.get();
        }
        JsonNode values = shape.own().path("enum");
        if (!values.isEmpty()) {
            return values.get(random.nextInt(values.size()));
        }
        return switch (shape.type()) {
            case "integer" -> JSON.numberNode(Math.max(1, shape.own().path("minimum").asInt(1)));
            case "number" -> JSON.numberNode(1.5);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "object" -> JSON.objectNode();
            default -> JSON.textNode("text-" + random.nextInt(1_000));
        };
    }
}
