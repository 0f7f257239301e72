// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.call.CompileSchema.Faulty;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles the keywords of one subschema, in an order in which those come last that ask what the others evaluated. Used once. */
final class CompileKeywords {
    private static final Set<String> TEXTS = Set.of("title", "description", "$comment");
    private static final Set<String> KNOWN = Set.of("additionalProperties", "items", "contains", "not", "if", "then", "else", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties", "allOf", "anyOf", "oneOf", "prefixItems", "properties", "patternProperties", "$defs",
        "dependentSchemas", "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
        "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties", "required", "dependentRequired",
        "title", "description", "default", "examples", "$comment", "$schema", "$ref");
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final BigDecimal STEP_MIN = new BigDecimal("1e-9");
    private static final BigDecimal STEP_MAX = new BigDecimal("1e9");

    private final CompileSchema compiler;
    private final JsonNode schema;
    private final String pointer;
    private final int depth;
    private final Subschema compiled;

    CompileKeywords(CompileSchema compiler, JsonNode schema, String pointer, int depth, Subschema compiled) {
        this.compiler = compiler;
        this.schema = schema;
        this.pointer = pointer;
        this.depth = depth;
        this.compiled = compiled;
    }

    /** Compiles them all. */
    void all() throws Faulty {
        for (String name : (Iterable<String>) schema::fieldNames) {
            if (!KNOWN.contains(name)) {
                throw new Faulty(at(name), "this keyword is not known, and would narrow nothing");
            }
        }
        words();
        values();
        numbers();
        sizes();
        applied();
        elements();
        members();
        unevaluated();
    }

    private String at(String keyword) {
        return pointer + "/" + escaped(keyword);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private Faulty wrong(String keyword, String form) {
        return new Faulty(at(keyword), "must be " + form);
    }

    /** Keywords without an effect on bodies, and definitions. */
    private void words() throws Faulty {
        for (String name : TEXTS) {
            if (schema.has(name) && !schema.get(name).isTextual()) {
                throw wrong(name, "a text");
            }
        }
        if (schema.has("examples") && !schema.get("examples").isArray()) {
            throw wrong("examples", "an array");
        }
        if (schema.has("$schema") && !DIALECT.equals(schema.get("$schema").textValue())) {
            throw new Faulty(at("$schema"), "the dialect is " + DIALECT);
        }
        if (schema.has("$defs")) {
            for (Map.Entry<String, JsonNode> definition : object("$defs").properties()) {
                compiler.definition(definition.getValue(), at("$defs") + "/" + escaped(definition.getKey()), depth);
            }
        }
    }

    private void values() throws Faulty {
        if (schema.has("type")) {
            compiled.add(SchemaRules.type(types()));
        }
        if (schema.has("const")) {
            compiled.add(SchemaRules.oneOf("const", Set.of(canonical(schema.get("const"), "const"))));
        }
        if (schema.has("enum")) {
            Set<String> values = new HashSet<>();
            for (JsonNode value : array("enum")) {
                values.add(canonical(value, "enum"));
            }
            compiled.add(SchemaRules.oneOf("enum", values));
        }
        if (schema.has("pattern")) {
            if (!schema.get("pattern").isTextual()) {
                throw wrong("pattern", "a text");
            }
            compiled.add(SchemaRules.pattern(compiler.pattern(schema.get("pattern").textValue(), at("pattern"))));
        }
    }

    private int types() throws Faulty {
        JsonNode value = schema.get("type");
        int types = 0;
        for (JsonNode one : value.isArray() && !value.isEmpty() ? value : List.of(value)) {
            int bit = one.isTextual() ? SchemaRules.TYPES.getOrDefault(one.textValue(), 0) : 0;
            if (bit == 0 || (types & bit) != 0) {
                throw wrong("type", "one of the seven types of JSON Schema, or a list of them, each once");
            }
            types |= bit;
        }
        return types;
    }

    private String canonical(JsonNode value, String keyword) throws Faulty {
        try {
            return CanonicalJson.of(value, new Work(), Integer.MAX_VALUE);
        } catch (Work.Exhausted exhausted) {
            throw new Faulty(at(keyword), numberRule());
        }
    }

    private static String numberRule() {
        return "a number has at most " + CanonicalJson.DIGITS_MAX + " digits, and a power of ten within " + CanonicalJson.EXPONENT_MAX;
    }

    private BigDecimal number(String keyword) throws Faulty {
        if (!schema.get(keyword).isNumber()) {
            throw wrong(keyword, "a number");
        }
        try {
            return CanonicalJson.exact(schema.get(keyword), new Work());
        } catch (Work.Exhausted exhausted) {
            throw new Faulty(at(keyword), numberRule());
        }
    }

    private void numbers() throws Faulty {
        if (schema.has("multipleOf")) {
            BigDecimal step = number("multipleOf");
            if (step.compareTo(STEP_MIN) < 0 || step.compareTo(STEP_MAX) > 0) {
                throw new Faulty(at("multipleOf"), "must be from 1e-9 to 1e9");
            }
            compiled.add(SchemaRules.multipleOf(step));
        }
        for (SchemaRules.SchemaBound bound : SchemaRules.SchemaBound.values()) {
            if (schema.has(bound.keyword())) {
                compiled.add(SchemaRules.bound(bound, number(bound.keyword())));
            }
        }
    }

    /** A count: a whole number from 0. */
    private int count(String keyword, int absent) throws Faulty {
        if (!schema.has(keyword)) {
            return absent;
        }
        BigDecimal value = number(keyword);
        if (value.signum() < 0 || value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0 || value.stripTrailingZeros().scale() > 0) {
            throw wrong(keyword, "a whole number from 0 to " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    private void sizes() throws Faulty {
        for (SchemaRules.Size size : SchemaRules.Size.values()) {
            if (schema.has(size.least()) || schema.has(size.most())) {
                compiled.add(SchemaRules.size(size, count(size.least(), 0), count(size.most(), Integer.MAX_VALUE)));
            }
        }
        if (schema.has("uniqueItems") && !schema.get("uniqueItems").isBoolean()) {
            throw wrong("uniqueItems", "true or false");
        }
        if (schema.path("uniqueItems").booleanValue()) {
            compiled.add(SchemaRules.uniqueItems());
        }
        if (schema.has("required")) {
            compiled.add(SchemaRules.required(names(schema.get("required"), "required")));
        }
        if (schema.has("dependentRequired")) {
            for (Map.Entry<String, JsonNode> member : object("dependentRequired").properties()) {
                compiled.add(SchemaRules.dependentRequired(member.getKey(), names(member.getValue(), "dependentRequired")));
            }
        }
    }

    private List<String> names(JsonNode value, String keyword) throws Faulty {
        List<String> names = new ArrayList<>();
        for (JsonNode name : value) {
            names.add(name.textValue());
        }
        if (!value.isArray() || names.contains(null) || new HashSet<>(names).size() < names.size()) {
            throw wrong(keyword, "a list of names, each once");
        }
        return names;
    }

    /** Schemas that apply to the same value. */
    private void applied() throws Faulty {
        if (schema.has("$ref")) {
            JsonNode target = schema.get("$ref");
            if (!target.isTextual() || !target.textValue().startsWith("#/") || target.textValue().indexOf('%') >= 0) {
                throw new Faulty(at("$ref"), "a reference leads to a schema within this one: #/$defs/…");
            }
            String to = target.textValue().substring(1);
            compiler.reference(pointer, to);
            compiled.add((node, at, evaluation, evaluated) -> compiler.at(to).holds(node, at, evaluation, evaluated));
        }
        if (schema.has("allOf")) {
            each("allOf").forEach(one -> compiled.add(one::holds));
        }
        if (schema.has("anyOf")) {
            compiled.add(SchemaRules.anyOf(each("anyOf")));
        }
        if (schema.has("oneOf")) {
            compiled.add(SchemaRules.exactlyOne(each("oneOf")));
        }
        if (schema.has("not")) {
            compiled.add(SchemaRules.not(one("not")));
        }
        Subschema then = schema.has("then") ? one("then") : null;
        Subschema otherwise = schema.has("else") ? one("else") : null;
        if (schema.has("if")) {
            compiled.add(SchemaRules.conditional(one("if"), then, otherwise));
        }
        if (schema.has("dependentSchemas")) {
            named("dependentSchemas").forEach((name, dependent) -> compiled.add(SchemaRules.dependent(name, dependent)));
        }
    }

    private void elements() throws Faulty {
        List<Subschema> prefix = schema.has("prefixItems") ? each("prefixItems") : List.of();
        Subschema items = schema.has("items") ? one("items") : null;
        if (!prefix.isEmpty() || items != null) {
            compiled.add(SchemaRules.elements(prefix, items));
        }
        int least = count("minContains", 1);
        int most = count("maxContains", Integer.MAX_VALUE);
        if (schema.has("contains")) {
            compiled.add(SchemaRules.contains(one("contains"), least, most));
        }
    }

    private void members() throws Faulty {
        Map<String, Subschema> properties = schema.has("properties") ? named("properties") : Map.of();
        Map<LinearPattern, Subschema> patterns = new LinkedHashMap<>();
        if (schema.has("patternProperties")) {
            for (Map.Entry<String, JsonNode> member : object("patternProperties").properties()) {
                patterns.put(compiler.pattern(member.getKey(), at("patternProperties")), inner(member.getValue(), "patternProperties", member.getKey()));
            }
        }
        Subschema additional = schema.has("additionalProperties") ? one("additionalProperties") : null;
        if (!properties.isEmpty() || !patterns.isEmpty() || additional != null) {
            compiled.add(SchemaRules.members(properties, patterns, additional));
        }
        if (schema.has("propertyNames")) {
            compiled.add(SchemaRules.names(one("propertyNames")));
        }
    }

    private void unevaluated() throws Faulty {
        if (schema.has("unevaluatedItems")) {
            compiler.tracks();
            compiled.add(SchemaRules.unevaluatedElements(one("unevaluatedItems")));
        }
        if (schema.has("unevaluatedProperties")) {
            compiler.tracks();
            compiled.add(SchemaRules.unevaluatedMembers(one("unevaluatedProperties")));
        }
    }

    private Subschema one(String keyword) throws Faulty {
        return compiler.within(pointer, schema.get(keyword), at(keyword), keyword, depth);
    }

    private Subschema inner(JsonNode value, String keyword, String token) throws Faulty {
        return compiler.within(pointer, value, at(keyword) + "/" + escaped(token), keyword, depth);
    }

    private List<Subschema> each(String keyword) throws Faulty {
        List<Subschema> all = new ArrayList<>();
        for (JsonNode value : array(keyword)) {
            all.add(inner(value, keyword, Integer.toString(all.size())));
        }
        return all;
    }

    private Map<String, Subschema> named(String keyword) throws Faulty {
        Map<String, Subschema> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : object(keyword).properties()) {
            all.put(member.getKey(), inner(member.getValue(), keyword, member.getKey()));
        }
        return all;
    }

    private JsonNode object(String keyword) throws Faulty {
        if (!schema.get(keyword).isObject()) {
            throw wrong(keyword, "an object");
        }
        return schema.get(keyword);
    }

    private JsonNode array(String keyword) throws Faulty {
        if (!schema.get(keyword).isArray() || schema.get(keyword).isEmpty()) {
            throw wrong(keyword, "an array that is not empty");
        }
        return schema.get(keyword);
    }
}
