// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The file of corrections; remembers which of its keys were used, so that none is left over. */
final class Corrections {
    private final JsonNode root;
    private final Set<String> used = new HashSet<>();

    Corrections(JsonNode root) {
        this.root = root;
    }

    static Corrections read() {
        try (InputStream file = Corrections.class.getResourceAsStream("/operations/corrections.yaml")) {
            return new Corrections(new ObjectMapper(new YAMLFactory()).readTree(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    JsonNode section(String name) {
        return root.path(name);
    }

    Optional<JsonNode> look(String section, String key) {
        JsonNode found = root.path(section).get(key);
        if (found != null) {
            used.add(section + " " + key);
        }
        return Optional.ofNullable(found);
    }

    /** Keys of path, query, body, answers and operations that nothing in the document asked for: misspelt, or gone. */
    Set<String> unused() {
        Set<String> unused = new TreeSet<>();
        for (String section : List.of("path", "query", "body", "answers", "operations", "kept", "members")) {
            root.path(section).fieldNames().forEachRemaining(key -> {
                if (!used.contains(section + " " + key)) {
                    unused.add(section + " " + key);
                }
            });
        }
        return unused;
    }

    boolean type(String type) {
        return root.path("types").has(type);
    }

    List<String> families(String type) {
        JsonNode families = root.path("types").path(type).get("families");
        return families == null ? List.of(type) : texts(families);
    }

    String idMember(String type) {
        return root.path("types").path(type).path("id").asText("id");
    }

    String read(String type) {
        return root.path("types").path(type).path("read").asText(type + ":read");
    }

    String attach(String type) {
        return root.path("types").path(type).path("attach").asText(type + ":update");
    }

    boolean knowsFamilyOf(String scope) {
        String family = scope.substring(0, scope.indexOf(':'));
        return root.path("families").has(family) || type(family);
    }

    /** The type whose whole a scope is about, where a call names nothing. */
    String wholeType(String scope) {
        String family = scope.substring(0, scope.indexOf(':'));
        JsonNode named = root.path("families").get(family);
        return named == null ? family : named.asText();
    }

    static List<String> texts(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(one -> all.add(one.asText()));
        return all;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
