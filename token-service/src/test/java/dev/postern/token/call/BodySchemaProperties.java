// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The check of a body agrees with another implementation of JSON Schema, on schemas and bodies of few words so that they often meet. Without uniqueItems,
 * which the other one holds against objects, too.
 */
class BodySchemaProperties {
    private static final JsonSchemaFactory OTHER = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final SchemaValidatorsConfig CONFIG = SchemaValidatorsConfig.builder().failFast(true).build();

    @Property(tries = 1500)
    void bodyIsJudgedAsByAnotherImplementation(@ForAll("schemas") String schema, @ForAll("values") String value) {
        JsonNode body = Calls.json(value);
        boolean other = OTHER.getSchema(Calls.json(schema), CONFIG).validate(body).isEmpty();
        assertThat(BodySchema.compile(Calls.json(schema)).fulfilledBy(body)).as(schema + " " + value).isEqualTo(other);
    }

    @Provide
    Arbitrary<String> values() {
        return value(3);
    }

    private static Arbitrary<String> value(int depth) {
        Arbitrary<String> leaf = Arbitraries.of("null", "true", "0", "1", "1.0", "2", "-3", "2.5", "100", "1e2", "\"\"", "\"a\"", "\"ab\"", "\"b1\"");
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> inner = value(depth - 1);
        Arbitrary<String> array = inner.list().ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]");
        Arbitrary<String> object = Arbitraries.maps(Arbitraries.of("\"a\"", "\"b\"", "\"ab\""), inner).ofMaxSize(3)
            .map(all -> "{" + String.join(",", all.entrySet().stream().map(member -> member.getKey() + ":" + member.getValue()).toList()) + "}");
        return Arbitraries.frequencyOf(Tuple.of(1, leaf), Tuple.of(2, array), Tuple.of(3, object));
    }

    @Provide
    Arbitrary<String> schemas() {
        return schema(3);
    }

    private static Arbitrary<String> schema(int depth) {
        List<Arbitrary<String>> keywords = new ArrayList<>(List.of(
            Arbitraries.of("\"type\":\"object\"", "\"type\":[\"integer\",\"array\"]", "\"type\":\"string\"", "\"type\":\"number\"",
                "\"minimum\":1", "\"maximum\":2", "\"exclusiveMinimum\":1", "\"exclusiveMaximum\":2.5", "\"multipleOf\":2", "\"multipleOf\":0.5",
                "\"minLength\":1", "\"maxLength\":1", "\"pattern\":\"^a\"", "\"pattern\":\"[0-9]$\"",
                "\"minItems\":1", "\"maxItems\":1", "\"minProperties\":1", "\"maxProperties\":1",
                "\"required\":[\"a\"]", "\"required\":[\"a\",\"b\"]", "\"dependentRequired\":{\"a\":[\"b\"]}"),
            value(1).map(value -> "\"const\":" + value),
            value(1).list().ofMinSize(1).ofMaxSize(3).uniqueElements().map(all -> "\"enum\":[" + String.join(",", all) + "]")));
        if (depth > 0) {
            Arbitrary<String> inner = schema(depth - 1);
            Arbitrary<String> some = inner.list().ofMinSize(1).ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]");
            for (String keyword : List.of("items", "contains", "not", "additionalProperties", "propertyNames", "unevaluatedItems",
                "unevaluatedProperties")) {
                keywords.add(inner.map(one -> "\"" + keyword + "\":" + one));
            }
            for (String keyword : List.of("allOf", "anyOf", "oneOf", "prefixItems")) {
                keywords.add(some.map(all -> "\"" + keyword + "\":" + all));
            }
            keywords.add(inner.list().ofSize(3).map(three -> "\"if\":" + three.get(0) + ",\"then\":" + three.get(1) + ",\"else\":" + three.get(2)));
            keywords.add(inner.list().ofSize(2).map(two -> "\"properties\":{\"a\":" + two.get(0) + ",\"b\":" + two.get(1) + "}"));
            keywords.add(inner.map(one -> "\"patternProperties\":{\"b$\":" + one + "}"));
            keywords.add(inner.map(one -> "\"dependentSchemas\":{\"a\":" + one + "}"));
        }
        Arbitrary<String> object = Arbitraries.oneOf(keywords).list().ofMinSize(1).ofMaxSize(4).map(BodySchemaProperties::once);
        return Arbitraries.frequencyOf(Tuple.of(8, object), Tuple.of(1, Arbitraries.of("true", "false")));
    }

    /** A schema of these keywords, each once. */
    private static String once(List<String> keywords) {
        List<String> kept = new ArrayList<>();
        for (String keyword : keywords) {
            String name = keyword.substring(0, keyword.indexOf(':') + 1);
            if (kept.stream().noneMatch(earlier -> earlier.startsWith(name))) {
                kept.add(keyword);
            }
        }
        return "{" + String.join(",", kept) + "}";
    }
}
