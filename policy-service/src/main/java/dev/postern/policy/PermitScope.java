// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The scope of a permit, to explain a denial: which permits for this requester would have matched, but for one part. It decides nothing; Cedar has
 * decided before it is asked.
 */
final class PermitScope {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode principal;
    private final JsonNode action;
    private final JsonNode resource;

    private PermitScope(JsonNode permit) {
        this.principal = permit.path("principal");
        this.action = permit.path("action");
        this.resource = permit.path("resource");
    }

    /** Returns the scope; empty where it cannot be read, as of a permit whose conditions nest deeper than a JSON reader goes. */
    static Optional<PermitScope> of(Policy permit) {
        try {
            return Optional.of(new PermitScope(JSON.readTree(permit.toJson())));
        } catch (InternalException | JsonProcessingException unreadable) {
            return Optional.empty();
        }
    }

    /** Returns the only part that does not match a question that the permit did not permit; empty if several do not, or if it is for others. */
    Optional<String> missing(CedarQuery question) {
        boolean who = matches(principal, question.principal().getEUID(), question.principal().getParents());
        boolean what = matches(action, question.action(), groups(question.action()));
        boolean which = matches(resource, question.resource().getEUID(), question.resource().getParents());
        if (!who || !what && !which) {
            return Optional.empty();
        }
        if (what && which) {
            return Optional.of("its conditions do not hold");
        }
        return Optional.of(what ? "it is for another resource" : "it is for another action");
    }

    private static Set<EntityUID> groups(EntityUID action) {
        EntityTypeName type = action.getType();
        return PolicySchema.provided().groups(action.getId().toString()).stream().map(type::of).collect(Collectors.toSet());
    }

    private static boolean matches(JsonNode scope, EntityUID entity, Set<EntityUID> parents) {
        return switch (scope.path("op").asText()) {
            case "All" -> true;
            case "==" -> names(scope.path("entity"), entity);
            case "in" -> within(scope, entity, parents);
            case "is" -> entity.getType().toString().equals(scope.path("entity_type").asText())
                && (!scope.has("in") || within(scope.path("in"), entity, parents));
            default -> false;
        };
    }

    private static boolean within(JsonNode scope, EntityUID entity, Set<EntityUID> parents) {
        Set<EntityUID> all = new HashSet<>(parents);
        all.add(entity);
        for (JsonNode wanted : scope.has("entities") ? scope.path("entities") : JSON.createArrayNode().add(scope.path("entity"))) {
            if (all.stream().anyMatch(one -> names(wanted, one))) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(JsonNode wanted, EntityUID entity) {
        return entity.getType().toString().equals(wanted.path("type").asText()) && entity.getId().toString().equals(wanted.path("id").asText());
    }
}
