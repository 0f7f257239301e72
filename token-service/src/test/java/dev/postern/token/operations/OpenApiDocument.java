// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** DigitalOcean's OpenAPI document, read for what operations name and show. */
final class OpenApiDocument {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
    private static final String REF = "$ref";

    private final JsonNode root;

    OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    static OpenApiDocument read(Path file) {
        try {
            return new OpenApiDocument(new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** One operation, as the document has it. */
    record Described(String method, String path, JsonNode json, JsonNode pathItem) {
        String id() {
            return json.path("operationId").asText();
        }
    }

    List<Described> operations() {
        List<Described> all = new ArrayList<>();
        root.path("paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            if (METHODS.contains(method.getKey())) {
                all.add(new Described(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue(), path.getValue()));
            }
        }));
        return all;
    }

    /** Returns true if the operation is on the API's own host. */
    boolean onApiHost(Described operation) {
        JsonNode servers = operation.json().has("servers") ? operation.json().get("servers")
            : operation.pathItem().has("servers") ? operation.pathItem().get("servers") : root.path("servers");
        for (JsonNode server : servers) {
            if (server.path("url").asText().startsWith("https://api.digitalocean.com")) {
                return true;
            }
        }
        return servers.isEmpty();
    }

    /** Scopes: alternatives of the document are security requirements; all scopes of one are needed. Returned as all of any. */
    List<List<String>> scopes(Described operation) {
        Set<List<String>> alternatives = new LinkedHashSet<>();
        for (JsonNode requirement : operation.json().path("security")) {
            List<String> needed = new ArrayList<>();
            requirement.forEach(scopes -> scopes.forEach(scope -> {
                if (scope.asText().indexOf(':') > 0) {
                    needed.add(scope.asText());
                }
            }));
            if (!needed.isEmpty()) {
                alternatives.add(needed);
            }
        }
        List<List<String>> allOf = List.of(List.of());
        for (List<String> alternative : alternatives) {
            // (a and b) or c is (a or c) and (b or c).
            List<List<String>> product = new ArrayList<>();
            for (List<String> clause : allOf) {
                for (String scope : alternative) {
                    List<String> wider = new ArrayList<>(clause);
                    if (!wider.contains(scope)) {
                        wider.add(scope);
                    }
                    product.add(wider);
                }
            }
            allOf = product;
        }
        return allOf.stream().filter(clause -> !clause.isEmpty()).distinct().toList();
    }

    /** Names of the parameters in "path" or "query". */
    List<String> parameters(Described operation, String in) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode parameters : List.of(operation.pathItem().path("parameters"), operation.json().path("parameters"))) {
            for (JsonNode parameter : parameters) {
                JsonNode one = resolved(parameter);
                if (in.equals(one.path("in").asText())) {
                    names.add(one.path("name").asText());
                }
            }
        }
        return List.copyOf(names);
    }

    boolean takesBody(Described operation) {
        return operation.json().has("requestBody");
    }

    /** Pointer of every member of the body, {@code *} for elements → whether a text or number may stand there. */
    Map<String, Boolean> body(Described operation) {
        Map<String, Boolean> members = new LinkedHashMap<>();
        resolved(operation.json().path("requestBody")).path("content").forEach(content -> walk(content.path("schema"), "", List.of(), members));
        return members;
    }

    /** Returns members as a tree of names, {@code *} for elements. */
    static ObjectNode tree(Iterable<String> pointers) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        for (String pointer : pointers) {
            ObjectNode at = tree;
            for (String segment : pointer.substring(1).split("/")) {
                at = at.has(segment) ? (ObjectNode) at.get(segment) : at.putObject(segment);
            }
        }
        return tree;
    }

    /** The operation with another method on the same path. */
    Optional<Described> beside(Described operation, String method) {
        JsonNode json = operation.pathItem().get(method.toLowerCase(Locale.ROOT));
        return json == null ? Optional.empty() : Optional.of(new Described(method, operation.path(), json, operation.pathItem()));
    }

    /** The same of successful answers. */
    Map<String, Boolean> answer(Described operation) {
        Map<String, Boolean> members = new LinkedHashMap<>();
        new TreeMap<>(Map.copyOf(byName(operation.json().path("responses")))).forEach((status, response) -> {
            if (status.startsWith("2")) {
                resolved(response).path("content").forEach(content -> walk(content.path("schema"), "", List.of(), members));
            }
        });
        return members;
    }

    private static Map<String, JsonNode> byName(JsonNode object) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        object.properties().forEach(member -> all.put(member.getKey(), member.getValue()));
        return all;
    }

    private void walk(JsonNode unresolved, String pointer, List<String> through, Map<String, Boolean> members) {
        List<String> trail = through;
        JsonNode schema = unresolved;
        while (schema.has(REF)) {
            String ref = schema.get(REF).asText();
            if (trail.contains(ref)) {
                return;
            }
            trail = new ArrayList<>(trail);
            trail.add(ref);
            schema = at(ref);
        }
        for (String combined : List.of("allOf", "oneOf", "anyOf")) {
            for (JsonNode one : schema.path(combined)) {
                walk(one, pointer, trail, members);
            }
        }
        boolean container = schema.has("properties") || schema.has("items") || schema.path("additionalProperties").isObject();
        boolean combines = schema.has("allOf") || schema.has("oneOf") || schema.has("anyOf");
        String type = schema.path("type").asText();
        if (!pointer.isEmpty()) {
            members.merge(pointer, !container && !combines && !"object".equals(type) && !"array".equals(type), Boolean::logicalOr);
        }
        for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
            walk(member.getValue(), pointer + "/" + member.getKey(), trail, members);
        }
        if (schema.has("items")) {
            walk(schema.get("items"), pointer + "/*", trail, members);
        }
        if (schema.path("additionalProperties").isObject()) {
            walk(schema.get("additionalProperties"), pointer + "/*", trail, members);
        }
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode resolved = node;
        while (resolved.has(REF)) {
            resolved = at(resolved.get(REF).asText());
        }
        return resolved;
    }

    private JsonNode at(String ref) {
        JsonNode found = root.at(ref.substring(1));
        if (found.isMissingNode()) {
            throw new IllegalStateException("the document refers to nothing: " + ref);
        }
        return found;
    }
}
