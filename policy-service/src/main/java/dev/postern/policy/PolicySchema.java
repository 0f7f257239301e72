// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.schema.Schema;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Vocabulary of policies: {@code postern.cedarschema}, and the provider's scopes, which are actions in it. Both are part of the program;
 * Cedar's parsed schema is cached beside the policy sets (Cedar takes its slow path unless both are).
 */
public final class PolicySchema {
    private static final String SCHEMA = "/postern.cedarschema";
    private static final String SCOPES = "/digitalocean-scopes.txt";
    private static final String APPLIES_TO = "appliesTo";
    private static final PolicySchema PROVIDED = read();

    private final Schema cedar;
    private final JsonNode json;
    private final Map<String, JsonNode> actions;
    private final Set<String> providerScopes;

    private PolicySchema(Schema cedar, JsonNode json, Set<String> providerScopes) {
        this.cedar = cedar;
        this.json = json;
        Map<String, JsonNode> byName = new TreeMap<>();
        json.path("").path("actions").fields().forEachRemaining(action -> byName.put(action.getKey(), action.getValue()));
        this.actions = Collections.unmodifiableMap(byName);
        this.providerScopes = providerScopes;
    }

    /** The one that this program was built with. */
    public static PolicySchema provided() {
        return PROVIDED;
    }

    /** The scopes of the DigitalOcean API that can be asked for. */
    public Set<String> providerScopes() {
        return providerScopes;
    }

    /** Every action and group of actions. */
    Set<String> actions() {
        return actions.keySet();
    }

    /** The groups that an action is in. */
    Set<String> groups(String action) {
        Set<String> groups = new HashSet<>();
        actions.getOrDefault(action, MissingNode.getInstance()).path("memberOf").forEach(group -> groups.add(group.path("id").asText()));
        return groups;
    }

    Schema cedar() {
        return cedar;
    }

    /**
     * Returns the part of the schema that decides whether a policy is valid: the actions that it names, and of all others one for each kind, where a
     * kind is the same groups, principals, resources and context. A policy cannot tell two actions apart that it does not name, so whatever Cedar
     * finds in one of them it finds in all. This makes a check cheaper by the number of actions, which is 145.
     */
    Schema sliceFor(Set<String> named) {
        ObjectNode slice = json.deepCopy();
        ((ObjectNode) slice.path("").path("actions")).retain(kept(named));
        return new Schema(slice);
    }

    /** Returns the number of request environments that Cedar checks a policy in: principal types times resource types, over all actions. */
    int environments(Set<String> named) {
        return kept(named).stream().map(actions::get)
            .mapToInt(action -> action.path(APPLIES_TO).path("principalTypes").size() * action.path(APPLIES_TO).path("resourceTypes").size()).sum();
    }

    private Set<String> kept(Set<String> named) {
        Set<String> kept = new HashSet<>();
        Set<JsonNode> kinds = new HashSet<>();
        actions.forEach((name, action) -> {
            boolean group = action.path(APPLIES_TO).path("principalTypes").isEmpty();
            if (group || named.contains(name) || kinds.add(action)) {
                kept.add(name);
            }
        });
        return kept;
    }

    private static PolicySchema read() {
        try {
            Schema schema = Schema.parse(Schema.JsonOrCedar.Cedar, text(SCHEMA));
            schema.cache();
            Set<String> scopes = text(SCOPES).lines().filter(line -> !line.startsWith("#")).collect(Collectors.toUnmodifiableSet());
            return new PolicySchema(schema, schema.toJsonFormat(), scopes);
        } catch (InternalException | CacheException | JsonProcessingException unreadable) {
            throw new IllegalStateException("the schema in this program is no Cedar schema", unreadable);
        }
    }

    private static String text(String resource) {
        try (InputStream in = PolicySchema.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
