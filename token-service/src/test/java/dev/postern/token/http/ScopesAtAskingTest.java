// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.edge.Violations;
import dev.postern.events.CanonicalName;
import dev.postern.token.operation.Operations;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A scope that no operation asks of a type of resource is refused where access is asked for. */
class ScopesAtAskingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        do:droplet:9         | image:update
        do:droplet:9         | database:update
        do:droplet:9         | genai:read
        do:droplet:9         | block_storage_snapshot:create
        do:droplet:9         | domain:delete
        do:domain:shop.example | droplet:update
        do:tag:shop          | tag:update
        do:image:9           | droplet:delete
        do:droplet:9         | droplet:everything
        do:droplet:9         | Droplet:read
        do:droplet:*         | image:update
        """)
    void scopeOfAnotherTypeIsRefusedWithThoseThatFit(String identifier, String scope) {
        Violations violations = new Violations();
        AuthorizationDetails.read(entries(identifier, scope), violations);
        assertThat(refusal(violations)).contains("/authorization_details/0/actions/0").contains("no call asks for this scope")
            .contains(identifier.split(":")[1] + ":read");
    }

    /** The judge reads the table as text: any object that names the type, or a key that is the type, with the scope below it. */
    @Test
    void typeTakesExactlyTheScopesThatSomeOperationAsksOfIt() throws IOException {
        Map<String, Set<String>> asked = asked();
        Set<String> scopes = new TreeSet<>();
        asked.values().forEach(scopes::addAll);
        assertThat(asked.keySet()).hasSizeGreaterThan(40);
        assertThat(scopes).hasSizeGreaterThan(120);
        asked.forEach((type, fitting) -> scopes.forEach(scope -> {
            Violations violations = new Violations();
            AuthorizationDetails.read(entries("do:" + type + ":*", scope), violations);
            assertThat(refusal(violations).isEmpty()).as("%s on %s: %s", scope, type, refusal(violations)).isEqualTo(fitting.contains(scope));
        }));
    }

    @Test
    void oneScopeThatDoesNotFitIsNamedAmongThoseThatDo() {
        Violations violations = new Violations();
        AuthorizationDetails.read(entries("do:droplet:9", "droplet:read", "image:update", "droplet:update", "genai:read"), violations);
        assertThat(refusal(violations)).contains("/actions/1", "/actions/3").doesNotContain("/actions/0", "/actions/2");
    }

    private static JsonNode entries(String identifier, String... scopes) {
        var entry = JSON.createObjectNode().put("type", "digitalocean_api").put("identifier", identifier);
        var actions = entry.putArray("actions");
        for (String scope : scopes) {
            actions.add(scope);
        }
        return JSON.createArrayNode().add(entry);
    }

    private static String refusal(Violations violations) {
        try {
            violations.throwIfAny();
            return "";
        } catch (dev.postern.edge.Problem refused) {
            return refused.toJson();
        }
    }

    private static Map<String, Set<String>> asked() throws IOException {
        Map<String, Set<String>> asked = new TreeMap<>();
        try (InputStream table = Operations.class.getResourceAsStream("/digitalocean-operations.json")) {
            for (JsonNode operation : JSON.readTree(table)) {
                if (operation.path("served").asBoolean(true)) {
                    collect(operation, operation, asked);
                }
            }
        }
        return asked;
    }

    private static void collect(JsonNode operation, JsonNode node, Map<String, Set<String>> asked) {
        if (node.path("type").isTextual() && node.has("scopes") && !node.has("by_type")) {
            add(asked, node.get("type").asText(), node.get("scopes"));
            node.path("whole").forEach(type -> add(asked, type.asText(), node.get("scopes")));
            if (node.has("within")) {
                add(asked, node.at("/within/type").asText(), node.get("scopes"));
            }
        }
        node.path("by_type").properties().forEach(type -> add(asked, type.getKey(), type.getValue()));
        if (node.path("by_type").isObject()) {
            node.path("whole").forEach(type -> add(asked, type.asText(), node.get("scopes")));
        }
        if (node == operation && node.at("/secrets/scope").isTextual()) {
            // Secrets are shown by name of the first resource in the path, or of each element of a list.
            for (JsonNode place : node.path("places")) {
                if (place.path("in").asText().equals("path")) {
                    add(asked, place.get("type").asText(), JSON.createArrayNode().add(node.at("/secrets/scope")));
                    break;
                }
            }
            if (node.at("/answer/list").isTextual()) {
                node.at("/answer/of").forEach(of -> {
                    if (of.has("type")) {
                        add(asked, of.get("type").asText(), JSON.createArrayNode().add(node.at("/secrets/scope")));
                    }
                });
            }
        }
        node.forEach(child -> collect(operation, child, asked));
    }

    private static void add(Map<String, Set<String>> asked, String type, JsonNode scopes) {
        Set<String> known = asked.computeIfAbsent(CanonicalName.type(type), none -> new HashSet<>());
        scopes.forEach(clause -> {
            if (clause.isTextual()) {
                known.add(clause.asText());
            }
            clause.forEach(scope -> known.add(scope.asText()));
        });
    }
}
