// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads DigitalOcean's OpenAPI document for the fuzzer. Shares nothing with the generator of the table of operations. */
public final class ApiDocument {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private final JsonNode root;

    private ApiDocument(JsonNode root) {
        this.root = root;
    }

    /** Reads the document from a file. */
    public static ApiDocument read(Path file) {
        try {
            return new ApiDocument(new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * One operation on the API's own host.
     *
     * @param scopes   alternatives; all scopes of one alternative are needed
     * @param query    query parameter → schema
     * @param required query parameters that must be there
     * @param body     schema of the JSON body, null without one
     * @param response schema of the successful JSON answer, null without one
     */
    public record ApiOperation(String id, String method, String path, List<Set<String>> scopes, Map<String, JsonNode> query,
                               Set<String> required, JsonNode body, JsonNode response) {
        /** Returns every scope that the document names for the operation. */
        public Set<String> allScopes() {
            Set<String> all = new HashSet<>();
            scopes.forEach(all::addAll);
            return all;
        }
    }

    /** Returns all operations on the API's own host. */
    public List<ApiOperation> operations() {
        List<ApiOperation> all = new ArrayList<>();
        root.path("paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            JsonNode json = method.getValue();
            JsonNode servers = json.has("servers") ? json.get("servers") : path.getValue().path("servers");
            boolean elsewhere = !servers.isEmpty() && !servers.toString().contains("api.digitalocean.com");
            if (METHODS.contains(method.getKey()) && !elsewhere) {
                all.add(new ApiOperation(json.path("operationId").asText(), method.getKey().toUpperCase(Locale.ROOT), path.getKey(), scopes(json),
                    query(path.getValue(), json), required(path.getValue(), json), json(resolve(json.path("requestBody"))), response(json)));
            }
        }));
        return all;
    }

    private static List<Set<String>> scopes(JsonNode operation) {
        List<Set<String>> alternatives = new ArrayList<>();
        for (JsonNode requirement : operation.path("security")) {
            Set<String> needed = new HashSet<>();
            requirement.forEach(list -> list.forEach(scope -> needed.add(scope.asText())));
            needed.removeIf(scope -> scope.indexOf(':') < 0);
            if (!needed.isEmpty()) {
                alternatives.add(needed);
            }
        }
        return alternatives;
    }

    private Map<String, JsonNode> query(JsonNode item, JsonNode operation) {
        Map<String, JsonNode> query = new LinkedHashMap<>();
        parameters(item, operation).forEach(parameter -> query.put(parameter.path("name").asText(), resolve(parameter.path("schema"))));
        return query;
    }

    private Set<String> required(JsonNode item, JsonNode operation) {
        Set<String> required = new HashSet<>();
        parameters(item, operation).stream().filter(parameter -> parameter.path("required").asBoolean())
            .forEach(parameter -> required.add(parameter.path("name").asText()));
        return required;
    }

    private List<JsonNode> parameters(JsonNode item, JsonNode operation) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode list : List.of(item.path("parameters"), operation.path("parameters"))) {
            list.forEach(parameter -> all.add(resolve(parameter)));
        }
        return all.stream().filter(parameter -> parameter.path("in").asText().equals("query")).toList();
    }

    private JsonNode response(JsonNode operation) {
        Map<String, JsonNode> byStatus = new TreeMap<>();
        operation.path("responses").properties().forEach(response -> byStatus.put(response.getKey(), response.getValue()));
        for (Map.Entry<String, JsonNode> response : byStatus.entrySet()) {
            if (response.getKey().startsWith("2")) {
                return json(resolve(response.getValue()));
            }
        }
        return null;
    }

    private static JsonNode json(JsonNode content) {
        JsonNode schema = content.path("content").path("application/json").path("schema");
        return schema.isMissingNode() ? null : schema;
    }

    private static final Pattern REPLACES = Pattern.compile("full representation|not\\s+provided will be reset|reset to (their|its) default",
        Pattern.CASE_INSENSITIVE);

    /** Returns the members of references that a PUT resets unless its body has them, as the document says in words: member → type. */
    Map<String, SampleWorld.Type> replaced(ApiOperation operation) {
        Map<String, SampleWorld.Type> replaced = new TreeMap<>();
        if (operation.method().equals("PUT") && operation.body() != null && REPLACES.matcher(description(operation)).find()) {
            members(operation.body()).stream().filter(member -> member.endsWith("s"))
                .forEach(member -> SampleWorld.ofMember(member).ifPresent(type -> replaced.put(member, type)));
        }
        return replaced;
    }

    /** Returns what the document says about an operation in words, its body's schema included. */
    String description(ApiOperation operation) {
        JsonNode json = root.path("paths").path(operation.path()).path(operation.method().toLowerCase(Locale.ROOT));
        return json.path("description").asText() + " " + resolve(json.path("requestBody")).path("description").asText();
    }

    /** Returns the names of an object schema's members, those of every alternative included. */
    Set<String> members(JsonNode schema) {
        JsonNode resolved = resolve(schema);
        Set<String> names = new HashSet<>();
        resolved.path("properties").fieldNames().forEachRemaining(names::add);
        for (String combined : List.of("allOf", "oneOf", "anyOf")) {
            resolved.path(combined).forEach(part -> names.addAll(members(part)));
        }
        return names;
    }

    /** Reads a body as a provider would; a missing node for none. */
    JsonNode parsed(String body) {
        try {
            return body.isBlank() ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : new ObjectMapper().readTree(body);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Follows references until something else stands there. */
    public JsonNode resolve(JsonNode node) {
        JsonNode resolved = node;
        while (resolved.has("$ref")) {
            resolved = root.at(resolved.get("$ref").asText().substring(1));
        }
        return resolved;
    }
}
