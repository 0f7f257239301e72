// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.postern.token.call.Evaluation.Evaluated;
import dev.postern.token.call.Evaluation.Spot;
import dev.postern.token.call.Subschema.Rule;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of JSON Schema 2020-12 (core and validation). Each takes the units of its steps before it does them. */
final class SchemaRules {
    /** The seven types, each as a bit; an integer is a number, too. */
    static final Map<String, Integer> TYPES = Map.of("null", 1, "boolean", 2, "object", 4, "array", 8, "string", 16, "number", 32, "integer", 64);
    private static final int ENOUGH_DIGITS = 30;

    private SchemaRules() {}

    /** Bounds of a number. */
    enum SchemaBound {
        MINIMUM("minimum"), EXCLUSIVE_MINIMUM("exclusiveMinimum"), MAXIMUM("maximum"), EXCLUSIVE_MAXIMUM("exclusiveMaximum");

        private final String keyword;

        SchemaBound(String keyword) {
            this.keyword = keyword;
        }

        String keyword() {
            return keyword;
        }

        /** @param comparison of the value with the bound */
        private boolean holds(int comparison) {
            return switch (this) {
                case MINIMUM -> comparison >= 0;
                case EXCLUSIVE_MINIMUM -> comparison > 0;
                case MAXIMUM -> comparison <= 0;
                case EXCLUSIVE_MAXIMUM -> comparison < 0;
            };
        }
    }

    /** Sizes with a least and a most. */
    enum Size {
        LENGTH("minLength", "maxLength"), ITEMS("minItems", "maxItems"), PROPERTIES("minProperties", "maxProperties");

        private final String least;
        private final String most;

        Size(String least, String most) {
            this.least = least;
            this.most = most;
        }

        String least() {
            return least;
        }

        String most() {
            return most;
        }

        /** -1 for a value that has no such size. */
        private int of(JsonNode node, Work work) {
            if (this == LENGTH && node.isTextual()) {
                work.take(1 + node.textValue().length() / 8L);
                return node.textValue().codePointCount(0, node.textValue().length());
            }
            return this == ITEMS && node.isArray() || this == PROPERTIES && node.isObject() ? node.size() : -1;
        }
    }

    static Rule type(int types) {
        return (node, at, evaluation, evaluated) -> (types & typesOf(node, evaluation.work())) != 0 || evaluation.fails(at, "type");
    }

    private static int typesOf(JsonNode node, Work work) {
        if (node.isNumber()) {
            return isWhole(node, work) ? 32 | 64 : 32;
        }
        return node.isTextual() ? 16 : node.isObject() ? 4 : node.isArray() ? 8 : node.isBoolean() ? 2 : 1;
    }

    private static boolean isWhole(JsonNode node, Work work) {
        if (node.isDouble()) {
            return node.doubleValue() == Math.rint(node.doubleValue());
        }
        return node.isIntegralNumber() || CanonicalJson.exact(node, work).stripTrailingZeros().scale() <= 0;
    }

    static Rule oneOf(String keyword, Set<String> canonical) {
        int longest = canonical.stream().mapToInt(String::length).max().orElse(0);
        return (node, at, evaluation, evaluated) -> {
            String text = CanonicalJson.of(node, evaluation.work(), longest);
            evaluation.work().take(5 + longest / 8L);
            return text != null && canonical.contains(text) || evaluation.fails(at, keyword);
        };
    }

    static Rule pattern(LinearPattern pattern) {
        return (node, at, evaluation, evaluated) -> !node.isTextual() || pattern.matches(node.textValue(), evaluation.work())
            || evaluation.fails(at, "pattern");
    }

    static Rule multipleOf(BigDecimal step) {
        return (node, at, evaluation, evaluated) -> {
            if (!node.isNumber()) {
                return true;
            }
            BigDecimal value = CanonicalJson.exact(node, evaluation.work());
            evaluation.work().take(Math.abs(value.scale()) + value.precision() <= ENOUGH_DIGITS ? 100 : 5_000);
            return value.remainder(step).signum() == 0 || evaluation.fails(at, "multipleOf");
        };
    }

    static Rule bound(SchemaBound bound, BigDecimal limit) {
        return (node, at, evaluation, evaluated) -> {
            if (!node.isNumber()) {
                return true;
            }
            BigDecimal value = CanonicalJson.exact(node, evaluation.work());
            evaluation.work().take(Math.abs((long) value.scale() - limit.scale()) <= ENOUGH_DIGITS ? 20 : 400);
            return bound.holds(value.compareTo(limit)) || evaluation.fails(at, bound.keyword());
        };
    }

    static Rule size(Size size, int least, int most) {
        return (node, at, evaluation, evaluated) -> {
            int actual = size.of(node, evaluation.work());
            if (actual >= 0 && actual < least) {
                return evaluation.fails(at, size.least());
            }
            return actual <= most || evaluation.fails(at, size.most());
        };
    }

    static Rule uniqueItems() {
        return (node, at, evaluation, evaluated) -> {
            if (!node.isArray()) {
                return true;
            }
            Set<String> seen = new HashSet<>();
            int rounds = Integer.SIZE - Integer.numberOfLeadingZeros(node.size());
            for (int index = 0; index < node.size(); index++) {
                String text = CanonicalJson.of(node.get(index), evaluation.work(), Integer.MAX_VALUE);
                // Texts of one hash are kept in a tree: so many comparisons, each over the whole text.
                evaluation.work().take(10 + rounds * (2 + text.length() / 8L));
                if (!seen.add(text)) {
                    return evaluation.fails(at.element(index), "uniqueItems");
                }
            }
            return true;
        };
    }

    static Rule required(List<String> names) {
        return (node, at, evaluation, evaluated) -> !node.isObject() || hasAll(node, names, at, evaluation, "required");
    }

    static Rule dependentRequired(String member, List<String> names) {
        return (node, at, evaluation, evaluated) -> !node.isObject() || !node.has(member) || hasAll(node, names, at, evaluation, "dependentRequired");
    }

    private static boolean hasAll(JsonNode node, List<String> names, Spot at, Evaluation evaluation, String keyword) {
        for (String name : names) {
            evaluation.work().take(5 + name.length() / 8L);
            if (!node.has(name)) {
                return evaluation.fails(at.member(name), keyword);
            }
        }
        return true;
    }

    static Rule anyOf(List<Subschema> schemas) {
        return (node, at, evaluation, evaluated) -> {
            boolean any = false;
            for (Subschema one : schemas) {
                any |= evaluation.tries(one, node, at, evaluated);
                if (any && evaluated == null) {
                    return true;
                }
            }
            return any || evaluation.fails(at, "anyOf");
        };
    }

    static Rule exactlyOne(List<Subschema> schemas) {
        return (node, at, evaluation, evaluated) -> {
            int holding = 0;
            for (Subschema one : schemas) {
                holding += evaluation.tries(one, node, at, evaluated) ? 1 : 0;
                if (holding > 1) {
                    return evaluation.fails(at, "oneOf");
                }
            }
            return holding == 1 || evaluation.fails(at, "oneOf");
        };
    }

    static Rule not(Subschema schema) {
        return (node, at, evaluation, evaluated) -> !evaluation.tries(schema, node, at, null) || evaluation.fails(at, "not");
    }

    /** @param then may be null, as {@code otherwise} */
    static Rule conditional(Subschema condition, Subschema then, Subschema otherwise) {
        return (node, at, evaluation, evaluated) -> {
            Subschema next = evaluation.tries(condition, node, at, evaluated) ? then : otherwise;
            return next == null || next.holds(node, at, evaluation, evaluated);
        };
    }

    static Rule dependent(String member, Subschema schema) {
        return (node, at, evaluation, evaluated) -> !node.isObject() || !node.has(member) || schema.holds(node, at, evaluation, evaluated);
    }

    /** @param items may be null */
    static Rule elements(List<Subschema> prefix, Subschema items) {
        return (node, at, evaluation, evaluated) -> {
            for (int index = 0; node.isArray() && index < node.size(); index++) {
                Subschema schema = index < prefix.size() ? prefix.get(index) : items;
                if (schema == null) {
                    return true;
                }
                note(evaluated, index, evaluation.work());
                if (!schema.holds(node.get(index), at.element(index), evaluation, null)) {
                    return false;
                }
            }
            return true;
        };
    }

    static Rule contains(Subschema schema, int least, int most) {
        return (node, at, evaluation, evaluated) -> {
            int holding = 0;
            for (int index = 0; node.isArray() && index < node.size(); index++) {
                evaluation.work().take(2);
                if (evaluation.tries(schema, node.get(index), at, null)) {
                    note(evaluated, index, evaluation.work());
                    holding++;
                }
            }
            if (node.isArray() && holding < least) {
                return evaluation.fails(at, "contains");
            }
            return holding <= most || evaluation.fails(at, "maxContains");
        };
    }

    /** @param additional may be null */
    static Rule members(Map<String, Subschema> properties, Map<LinearPattern, Subschema> patterns, Subschema additional) {
        return (node, at, evaluation, evaluated) -> {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                evaluation.work().take(5 + member.getKey().length() / 8L);
                if (!member(member, properties, patterns, additional, at, evaluation, evaluated)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static boolean member(Map.Entry<String, JsonNode> member, Map<String, Subschema> properties, Map<LinearPattern, Subschema> patterns,
                                  Subschema additional, Spot at, Evaluation evaluation, Evaluated evaluated) {
        Spot inside = at.member(member.getKey());
        Subschema own = properties.get(member.getKey());
        boolean known = own != null;
        if (known && !own.holds(member.getValue(), inside, evaluation, null)) {
            return false;
        }
        for (Map.Entry<LinearPattern, Subschema> pattern : patterns.entrySet()) {
            if (pattern.getKey().matches(member.getKey(), evaluation.work())) {
                known = true;
                if (!pattern.getValue().holds(member.getValue(), inside, evaluation, null)) {
                    return false;
                }
            }
        }
        if (!known && additional != null) {
            known = true;
            if (!additional.holds(member.getValue(), inside, evaluation, null)) {
                return false;
            }
        }
        if (known && evaluated != null) {
            evaluated.member(member.getKey(), evaluation.work());
        }
        return true;
    }

    static Rule names(Subschema schema) {
        return (node, at, evaluation, evaluated) -> {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!schema.holds(TextNode.valueOf(member.getKey()), at.member(member.getKey()), evaluation, null)) {
                    return false;
                }
            }
            return true;
        };
    }

    static Rule unevaluatedElements(Subschema schema) {
        return (node, at, evaluation, evaluated) -> {
            for (int index = 0; node.isArray() && index < node.size(); index++) {
                evaluation.work().take(3);
                if (!evaluated.hasElement(index)) {
                    note(evaluated, index, evaluation.work());
                    if (!schema.holds(node.get(index), at.element(index), evaluation, null)) {
                        return false;
                    }
                }
            }
            return true;
        };
    }

    static Rule unevaluatedMembers(Subschema schema) {
        return (node, at, evaluation, evaluated) -> {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (!evaluated.hasMember(member.getKey(), evaluation.work())) {
                    evaluated.member(member.getKey(), evaluation.work());
                    if (!schema.holds(member.getValue(), at.member(member.getKey()), evaluation, null)) {
                        return false;
                    }
                }
            }
            return true;
        };
    }

    private static void note(Evaluated evaluated, int index, Work work) {
        if (evaluated != null) {
            evaluated.element(index, work);
        }
    }
}
