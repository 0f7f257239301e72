// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Widens a forbid so that it also matches a wildcard that contains a forbidden resource. A grant for {@code do:droplet:*} reaches every Droplet, so a
 * forbid of one of them has to refuse it; Cedar compares names, and sees two resources.
 *
 * <p>The widened forbid is decided on the wildcard. What a condition says of one resource is replaced by what can be true of some resource in the
 * wildcard: {@code resource == R} becomes "the wildcard is R or contains R", and any other test of the resource's name becomes true. Below a negation
 * it is replaced by what is true of every resource in it. So the widened forbid refuses too much rather than too little.
 */
final class WildcardForbid {
    private static final int NESTING_MAX = 200_000;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build()).build());
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonNode THE_RESOURCE = NODES.objectNode().put("Var", "resource");
    private static final String RESOURCE_TYPE = "Resource";
    private static final String LEFT = "left";
    private static final String RIGHT = "right";
    private static final String BODY = "body";
    /** Attributes that every resource in a wildcard has the same of. */
    private static final Set<String> SHARED_ATTRIBUTES = Set.of("account", "kind");

    private final Map<JsonNode, Boolean> namingResource = new IdentityHashMap<>();
    private boolean changed;

    private WildcardForbid() {}

    /** Returns the widened form of a forbid; empty if the forbid treats all resources in a wildcard alike. */
    static Optional<Policy> of(Policy forbid) {
        try {
            WildcardForbid widening = new WildcardForbid();
            ObjectNode policy = widening.widened((ObjectNode) JSON.readTree(forbid.toJson()));
            return widening.changed ? Optional.of(Policy.fromJson(forbid.getID(), policy.toString())) : Optional.empty();
        } catch (InternalException | JsonProcessingException tooDeep) {
            // A condition of hundreds of parts nests too deep for Cedar's JSON reader. What it says is not known here, so it refuses every wildcard.
            return Optional.of(new Policy("forbid(principal, action, resource);", forbid.getID()));
        }
    }

    private ObjectNode widened(ObjectNode policy) {
        ArrayNode conditions = NODES.arrayNode();
        scope(policy).ifPresent(condition -> conditions.addObject().put("kind", "when").set(BODY, condition));
        policy.path("conditions").forEach(condition -> {
            boolean when = condition.path("kind").asText().equals("when");
            split(when ? some(condition.path(BODY)) : not(every(condition.path(BODY))), conditions);
        });
        policy.set("conditions", conditions);
        policy.remove("annotations");
        return policy;
    }

    /** Takes the resource out of the scope, and returns the condition that replaces it. */
    private Optional<JsonNode> scope(ObjectNode policy) {
        JsonNode scope = policy.path("resource");
        JsonNode entity = scope.has("in") ? scope.path("in").path("entity") : scope.path("entity");
        if (!entity.path("type").asText().equals(RESOURCE_TYPE)) {
            return Optional.empty();
        }
        changed = true;
        JsonNode value = NODES.objectNode().set("Value", NODES.objectNode().set("__entity", entity));
        JsonNode condition = scope.path("op").asText().equals("==") ? reaching(Set.of(entity.path("id").asText())) : inOrReaching(value);
        policy.set("resource", scope.path("op").asText().equals("is")
            ? NODES.objectNode().put("op", "is").put("entity_type", scope.path("entity_type").asText()) : NODES.objectNode().put("op", "All"));
        return Optional.of(condition);
    }

    /** A long conjunction becomes several conditions: as one expression it would nest too deep. */
    private static void split(JsonNode expression, ArrayNode conditions) {
        JsonNode and = expression.path("&&");
        if (and.isMissingNode()) {
            conditions.addObject().put("kind", "when").set(BODY, expression);
        } else {
            split(and.path(LEFT), conditions);
            split(and.path(RIGHT), conditions);
        }
    }

    private JsonNode some(JsonNode expression) {
        return widen(expression, true);
    }

    private JsonNode every(JsonNode expression) {
        return widen(expression, false);
    }

    private JsonNode widen(JsonNode expression, boolean some) {
        if (!namesResource(expression)) {
            return expression;
        }
        String operator = expression.fieldNames().next();
        JsonNode operands = expression.path(operator);
        return switch (operator) {
            case "&&", "||" -> binary(operator, widen(operands.path(LEFT), some), widen(operands.path(RIGHT), some));
            case "!" -> not(widen(operands.path("arg"), !some));
            case "!=" -> not(widen(binary("==", operands.path(LEFT), operands.path(RIGHT)), !some));
            case "==" -> test(some, equal(operands));
            case "contains" -> test(some, operands.path(RIGHT).equals(THE_RESOURCE) ? resources(operands.path(LEFT)) : Optional.empty());
            case "in" -> operands.path(LEFT).equals(THE_RESOURCE) ? within(expression, operands.path(RIGHT), some) : test(some, Optional.empty());
            case "is" -> operands.path(LEFT).equals(THE_RESOURCE)
                ? binary("&&", NODES.objectNode().set("is", NODES.objectNode().put("entity_type", operands.path("entity_type").asText())
                    .set(LEFT, THE_RESOURCE)), within(inExpression(operands.path("in")), operands.path("in"), some))
                : test(some, Optional.empty());
            default -> test(some, Optional.empty());
        };
    }

    /** Stands for a test of the resource's name: of the named resources, or where they are not known, of any. */
    private JsonNode test(boolean some, Optional<Set<String>> named) {
        changed = true;
        return some && named.isPresent() ? reaching(named.get()) : NODES.objectNode().put("Value", some);
    }

    /** A resource in a wildcard of the policy is in it whatever its name; a wildcard of the request may contain that of the policy. */
    private JsonNode within(JsonNode original, JsonNode wildcards, boolean some) {
        Optional<Set<String>> named = resources(wildcards);
        if (named.isEmpty()) {
            return test(some, named);
        }
        if (!some || named.get().isEmpty()) {
            return original;
        }
        changed = true;
        return binary("||", original, reaching(named.get()));
    }

    private JsonNode inOrReaching(JsonNode entity) {
        return within(inExpression(entity), entity, true);
    }

    private static JsonNode inExpression(JsonNode entity) {
        return binary("in", THE_RESOURCE, entity);
    }

    /** The resources that an equation compares with: by name, or by the attribute {@code urn}. */
    private static Optional<Set<String>> equal(JsonNode operands) {
        for (String side : new String[] {LEFT, RIGHT}) {
            JsonNode one = operands.path(side);
            JsonNode other = operands.path(side.equals(LEFT) ? RIGHT : LEFT);
            if (one.equals(THE_RESOURCE)) {
                return resources(other);
            }
            if (one.path(".").path(LEFT).equals(THE_RESOURCE) && one.path(".").path("attr").asText().equals("urn") && other.path("Value").isTextual()) {
                return Optional.of(Set.of(other.path("Value").asText()));
            }
        }
        return Optional.empty();
    }

    /** The ids of the resources among one entity or a set of them; empty if it is anything else. */
    private static Optional<Set<String>> resources(JsonNode expression) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode element : expression.has("Set") ? expression.path("Set") : NODES.arrayNode().add(expression)) {
            JsonNode entity = element.path("Value").path("__entity");
            if (!entity.isObject()) {
                return Optional.empty();
            }
            if (entity.path("type").asText().equals(RESOURCE_TYPE)) {
                ids.add(entity.path("id").asText());
            }
        }
        return Optional.of(ids);
    }

    /** Returns whether the value can differ between two resources in one wildcard. Remembered: each level of an expression asks for all below it. */
    private boolean namesResource(JsonNode node) {
        Boolean known = namingResource.get(node);
        if (known == null) {
            known = findsResource(node);
            namingResource.put(node, known);
        }
        return known;
    }

    private boolean findsResource(JsonNode node) {
        if (node.equals(THE_RESOURCE)) {
            return true;
        }
        JsonNode attribute = node.path(".");
        if (attribute.path(LEFT).equals(THE_RESOURCE) && SHARED_ATTRIBUTES.contains(attribute.path("attr").asText())
            || node.path("has").path(LEFT).equals(THE_RESOURCE)
            || node.path("is").path(LEFT).equals(THE_RESOURCE) && !node.path("is").has("in")) {
            return false;
        }
        for (JsonNode child : node) {
            if (namesResource(child)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode reaching(Set<String> ids) {
        ArrayNode set = NODES.arrayNode();
        ids.stream().flatMap(id -> RelatedNames.reaching(id).stream()).distinct()
            .forEach(id -> set.addObject().set("Value", NODES.objectNode().set("__entity", NODES.objectNode().put("type", RESOURCE_TYPE).put("id", id))));
        return binary("contains", NODES.objectNode().set("Set", set), THE_RESOURCE);
    }

    private static JsonNode binary(String operator, JsonNode left, JsonNode right) {
        ObjectNode operands = NODES.objectNode();
        operands.set(LEFT, left);
        operands.set(RIGHT, right);
        return NODES.objectNode().set(operator, operands);
    }

    private static JsonNode not(JsonNode expression) {
        return NODES.objectNode().set("!", NODES.objectNode().set("arg", expression));
    }
}
