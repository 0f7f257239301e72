package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a schema looks like before anything is compiled: every keyword known (a misspelt one would narrow nothing), references within the schema only
 * and without circles, everything bounded.
 *
 * @param fault      the first fault; empty for none
 * @param subschemas how many subschemas a node of a body may meet, each reference counted as what it leads to
 */
record SchemaShape(Optional<BodySchema.Fault> fault, long subschemas) {
    /** Levels of a schema. */
    static final int DEPTH_MAX = 20;
    /** Subschemas of a schema, references followed. */
    static final int SUBSCHEMAS_MAX = 500;
    /** Characters of a pattern. */
    static final int PATTERN_CHARACTERS_MAX = 256;

    private static final Set<String> ONE = Set.of("additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties");
    private static final Set<String> LIST = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> MAP = Set.of("properties", "patternProperties", "$defs", "dependentSchemas");
    private static final Set<String> PLAIN = Set.of("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties",
        "required", "dependentRequired", "title", "description", "default", "examples", "$comment", "$schema", "$ref");
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    static SchemaShape of(JsonNode schema) {
        if (schema.toString().getBytes(StandardCharsets.UTF_8).length > Limits.BODY_SCHEMA_BYTES_MAX) {
            return new SchemaShape(Optional.of(new BodySchema.Fault("", "too-long", "at most " + Limits.BODY_SCHEMA_BYTES_MAX + " bytes")), 0);
        }
        Walk walk = new Walk();
        try {
            walk.schema(schema, "", 0);
            return new SchemaShape(Optional.empty(), walk.weight("", new HashSet<>()));
        } catch (Faulty faulty) {
            return new SchemaShape(Optional.of(faulty.fault), 0);
        }
    }

    /** Ends the walk. */
    private static final class Faulty extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient BodySchema.Fault fault;

        Faulty(String pointer, String message) {
            super(message, null, false, false);
            this.fault = new BodySchema.Fault(pointer, "body-schema", message);
        }
    }

    /** One walk over a schema. */
    private static final class Walk {
        /** Subschema → the subschemas that stand in it or that it refers to. */
        private final Map<String, List<String>> next = new HashMap<>();
        private final Map<String, Long> weights = new HashMap<>();

        void schema(JsonNode schema, String pointer, int depth) throws Faulty {
            if (depth > DEPTH_MAX) {
                throw new Faulty(pointer, "at most " + DEPTH_MAX + " levels");
            }
            List<String> inside = new ArrayList<>();
            next.put(pointer, inside);
            if (!schema.isObject()) {
                if (!schema.isBoolean()) {
                    throw new Faulty(pointer, "a schema is an object, true or false");
                }
                return;
            }
            for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
                keyword(keyword.getKey(), keyword.getValue(), pointer, depth, inside);
            }
        }

        private void keyword(String name, JsonNode value, String pointer, int depth, List<String> inside) throws Faulty {
            String at = pointer + "/" + escaped(name);
            if (ONE.contains(name)) {
                inner(value, at, depth, inside);
            } else if (LIST.contains(name) && value.isArray()) {
                for (int index = 0; index < value.size(); index++) {
                    inner(value.get(index), at + "/" + index, depth, inside);
                }
            } else if (MAP.contains(name) && value.isObject()) {
                for (Map.Entry<String, JsonNode> member : value.properties()) {
                    if ("patternProperties".equals(name)) {
                        pattern(member.getKey(), at);
                    }
                    inner(member.getValue(), at + "/" + escaped(member.getKey()), depth, "$defs".equals(name) ? new ArrayList<>() : inside);
                }
            } else if (!PLAIN.contains(name)) {
                throw new Faulty(at, LIST.contains(name) || MAP.contains(name) ? "has another form" : "this keyword is not known, and would narrow nothing");
            } else {
                plain(name, value, at, inside);
            }
        }

        private void plain(String name, JsonNode value, String at, List<String> inside) throws Faulty {
            if ("$ref".equals(name)) {
                if (!value.isTextual() || !value.textValue().startsWith("#/") || value.textValue().indexOf('%') >= 0) {
                    throw new Faulty(at, "a reference leads to a schema within this one: #/$defs/…");
                }
                inside.add(value.textValue().substring(1));
            } else if ("$schema".equals(name) && !DIALECT.equals(value.textValue())) {
                throw new Faulty(at, "the dialect is " + DIALECT);
            } else if ("pattern".equals(name)) {
                pattern(value.asText(), at);
            }
        }

        private void inner(JsonNode schema, String pointer, int depth, List<String> inside) throws Faulty {
            inside.add(pointer);
            schema(schema, pointer, depth + 1);
            if (next.size() > SUBSCHEMAS_MAX) {
                throw new Faulty(pointer, "at most " + SUBSCHEMAS_MAX + " subschemas");
            }
        }

        private static void pattern(String pattern, String at) throws Faulty {
            try {
                if (pattern.length() > PATTERN_CHARACTERS_MAX) {
                    throw new Faulty(at, "a pattern has at most " + PATTERN_CHARACTERS_MAX + " characters");
                }
                Pattern.compile(pattern);
            } catch (PatternSyntaxException broken) {
                throw new Faulty(at, "is no regular expression");
            }
        }

        long weight(String pointer, Set<String> above) throws Faulty {
            if (weights.containsKey(pointer)) {
                return weights.get(pointer);
            }
            if (!next.containsKey(pointer) || !above.add(pointer)) {
                throw new Faulty("", "a reference leads to no schema within this one, or in a circle: " + pointer);
            }
            long weight = 1;
            for (String inner : next.get(pointer)) {
                weight += weight(inner, above);
                if (weight > SUBSCHEMAS_MAX) {
                    throw new Faulty(pointer, "at most " + SUBSCHEMAS_MAX + " subschemas, references followed");
                }
            }
            above.remove(pointer);
            weights.put(pointer, weight);
            return weight;
        }

        private static String escaped(String name) {
            return name.replace("~", "~0").replace("/", "~1");
        }
    }
}
