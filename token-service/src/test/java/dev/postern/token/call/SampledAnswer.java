// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Answers with every member that the provider's document describes: each array has one element, and each id is {@link #OTHER}. */
final class SampledAnswer {
    /** No grant of these tests names it. */
    static final String OTHER = "777";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEPTH_MAX = 12;

    private final JsonNode document;

    private SampledAnswer(JsonNode document) {
        this.document = document;
    }

    /** Returns the document at hand; empty where there is none. */
    static Optional<SampledAnswer> ofDocument() throws IOException {
        Path file = Path.of(System.getProperty("postern.digitalocean.openapi", "no-document"));
        return Files.isReadable(file) ? Optional.of(new SampledAnswer(Calls.JSON.readTree(Files.readAllBytes(file)))) : Optional.empty();
    }

    /** Returns a successful answer of an operation; an empty object where the document describes none. */
    ObjectNode of(Operation operation) {
        Map<String, JsonNode> byStatus = new TreeMap<>();
        document.path("paths").path(operation.template()).path(operation.method().toLowerCase(Locale.ROOT)).path("responses").properties()
            .forEach(response -> byStatus.put(response.getKey(), response.getValue()));
        ObjectNode answer = JSON.objectNode();
        byStatus.forEach((status, response) -> {
            JsonNode schema = resolved(response).path("content").path("application/json").path("schema");
            if (status.startsWith("2") && sample(schema, Set.of(), 0) instanceof ObjectNode object) {
                answer.setAll(object);
            }
        });
        return answer;
    }

    private JsonNode sample(JsonNode unresolved, Set<String> through, int depth) {
        Set<String> trail = new HashSet<>(through);
        JsonNode schema = unresolved;
        while (schema.has("$ref")) {
            if (!trail.add(schema.get("$ref").asText())) {
                return JSON.nullNode();
            }
            schema = document.at(schema.get("$ref").asText().substring(1));
        }
        if (depth > DEPTH_MAX) {
            return JSON.nullNode();
        }
        JsonNode combined = combined(schema, trail, depth);
        if (schema.has("properties") || combined instanceof ObjectNode) {
            ObjectNode object = combined instanceof ObjectNode known ? known : JSON.objectNode();
            schema.path("properties").properties().forEach(member -> object.set(member.getKey(), sample(member.getValue(), trail, depth + 1)));
            return object;
        }
        if (schema.has("items")) {
            return JSON.arrayNode().add(sample(schema.get("items"), trail, depth + 1));
        }
        if (combined != null) {
            return combined;
        }
        return switch (schema.path("type").asText()) {
            case "integer", "number" -> JSON.numberNode(Integer.parseInt(OTHER));
            case "boolean" -> JSON.booleanNode(false);
            case "array" -> JSON.arrayNode();
            case "object" -> JSON.objectNode();
            default -> JSON.textNode(OTHER);
        };
    }

    /** The members of all parts and choices together; where none is an object, the first. */
    private JsonNode combined(JsonNode schema, Set<String> trail, int depth) {
        ObjectNode together = JSON.objectNode();
        JsonNode first = null;
        for (String word : Set.of("allOf", "oneOf", "anyOf")) {
            for (JsonNode part : schema.path(word)) {
                JsonNode sampled = sample(part, trail, depth + 1);
                first = first == null ? sampled : first;
                if (sampled instanceof ObjectNode object) {
                    together.setAll(object);
                }
            }
        }
        return together.isEmpty() ? first : together;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }
}
