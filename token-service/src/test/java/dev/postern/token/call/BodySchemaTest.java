// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodySchemaTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"$ref": "https://example.com/schema"}                                     | /$ref
        {"$ref": "file:///etc/passwd"}                                             | /$ref
        {"properties": {"a": {"$ref": "#/$defs/none"}}}                            | ''
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}               | ''
        {"$id": "https://example.com/"}                                            | /$id
        {"$dynamicRef": "#a"}                                                      | /$dynamicRef
        {"$schema": "http://json-schema.org/draft-07/schema#"}                     | /$schema
        {"maxItms": 3}                                                             | /maxItms
        {"properties": {"a": {"maxItms": 3}}}                                      | /properties/a/maxItms
        {"type": "strin"}                                                          | /type
        {"maxLength": "3"}                                                         | /maxLength
        {"properties": []}                                                         | /properties
        {"properties": {"a": 7}}                                                   | /properties/a
        {"pattern": "("}                                                           | /pattern
        {"patternProperties": {"(": true}}                                         | /patternProperties
        {"items": [true]}                                                          | /items
        {"required": ["a", "a"]}                                                   | /required
        {"uniqueItems": 1}                                                         | /uniqueItems
        {"minItems": -1}                                                           | /minItems
        {"minItems": 1.5}                                                          | /minItems
        {"anyOf": []}                                                              | /anyOf
        7                                                                          | ''
        """)
    void aSchemaThatCannotBeUsedIsRefusedAtItsMember(String schema, String pointer) {
        assertThat(BodySchema.fault(json(schema))).as(schema).map(BodySchema.Fault::pointer).contains(pointer);
    }

    @Test
    void aSchemaThatGrowsBeyondAllBoundsIsRefused() {
        StringBuilder doubling = new StringBuilder("{\"$ref\": \"#/$defs/d0\", \"$defs\": {");
        for (int level = 0; level < 30; level++) {
            doubling.append("\"d%d\": {\"allOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]},".formatted(level, level + 1, level + 1));
        }
        assertThat(BodySchema.fault(json(doubling + "\"d30\": {\"type\": \"object\"}}}"))).isPresent();
        assertThat(BodySchema.fault(json("{\"not\":".repeat(30) + "true" + "}".repeat(30)))).isPresent();
        assertThat(BodySchema.fault(json("{\"description\": \"" + "x".repeat(17_000) + "\"}"))).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type": "object", "required": ["a"]}                          | {"a": 1}      | {}
        {"additionalProperties": false, "properties": {"a": true}}     | {"a": 1}      | {"a": 1, "b": 2}
        {"properties": {"a": {"pattern": "^ab$"}}}                     | {"a": "ab"}   | {"a": "ab\\n"}
        {"properties": {"a": {"pattern": "^[$]b$"}}}                   | {"a": "$b"}   | {"a": "b"}
        {"$ref": "#/$defs/x", "$defs": {"x": {"required": ["a"]}}}     | {"a": 1}      | {}
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}}       | {}            | {"a": 1}
        {"properties": {"a": {"const": 1}}, "unevaluatedProperties": false} | {"a": 1} | {"a": 1, "c": 1}
        """)
    void aBodyIsHeldToItsSchema(String schema, String good, String bad) {
        BodySchema compiled = BodySchema.compile(json(schema));
        assertThat(compiled.fulfilledBy(json(good))).isTrue();
        assertThat(compiled.fulfilledBy(json(bad))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"properties": {"a": {"properties": {"b": {"const": "80"}}}}}       | {"a": {"b": "443"}}        | /a/b: const
        {"properties": {"a": {"items": {"required": ["ports"]}}}}          | {"a": [{"ports": 1}, {}]}  | /a/1/ports: required
        {"properties": {"a": true}, "additionalProperties": false}         | {"a": 1, "x/y": 1}         | /x~1y: additionalProperties
        {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}              | {}                         | : anyOf
        {"not": {"required": ["a"]}}                                       | {"a": 1}                   | : not
        {"properties": {"a": {"uniqueItems": true}}}                       | {"a": [1, 2, 1.0]}         | /a/2: uniqueItems
        {"properties": {"a": {"multipleOf": 0.1}}}                         | {"a": 0.35}                | /a: multipleOf
        """)
    void aViolationNamesPlaceAndRule(String schema, String body, String violation) {
        assertThat(BodySchema.compile(json(schema)).violation(json(body), new Work())).map(Object::toString).contains(violation);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"multipleOf": 1e-300}                     | /multipleOf
        {"multipleOf": 1e10}                       | /multipleOf
        {"multipleOf": 0}                          | /multipleOf
        {"const": 1e999999}                        | /const
        {"enum": [1, {"a": 1e-999999}]}            | /enum
        {"maximum": 1e999999}                      | /maximum
        {"maxLength": 1e999999}                    | /maxLength
        {"pattern": "^(?=a)b$"}                    | /pattern
        {"pattern": "(a)\\\\1"}                    | /pattern
        {"pattern": "((((a{99}){99}){99}){99})"}   | /pattern
        {"pattern": "[]a]"}                        | /pattern
        {"pattern": "a{,3}"}                       | /pattern
        {"patternProperties": {"(?<!a)b": true}}   | /patternProperties
        """)
    void schemaWithoutATimeBoundIsRefusedAtTheRequest(String schema, String pointer) {
        com.fasterxml.jackson.databind.ObjectMapper exact = new com.fasterxml.jackson.databind.ObjectMapper()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        Assertions.assertTimeout(Duration.ofSeconds(1),
            () -> assertThat(BodySchema.fault(exact.readTree(schema))).as(schema).map(BodySchema.Fault::pointer).contains(pointer));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ^ab$         | ab             | true
        ^ab$         | xab            | false
        b            | abc            | true
        ^.$          | \u2028         | false
        ^\\s$        | \u00a0         | true
        ^[^\\s]$     | \u00a0         | false
        ^\\S+$       | a\u00a0b       | false
        ^[\\s\\S]$   | \u00a0         | true
        ^\\u0041$    | A              | true
        ^[[a]$       | [              | true
        ^a{2,3}$     | aaaa           | false
        ^\\p{L}+$    | \u00e9t\u00e9  | true
        ^\\d+\\.\\d$ | 10.5           | true
        """)
    void aPatternMeansWhatEcmaScriptSays(String pattern, String text, boolean holds) {
        String schema = "{\"properties\": {\"a\": {\"pattern\": \"" + pattern.replace("\\", "\\\\") + "\"}}}";
        assertThat(BodySchema.compile(json(schema)).fulfilledBy(json("{\"a\": \"" + text + "\"}"))).isEqualTo(holds);
    }

    @Test
    void aPatternIsMatchedInTimeLinearInTheText() {
        BodySchema schema = BodySchema.compile(json("{\"properties\": {\"a\": {\"pattern\": \"^(a+)+$\"}}}"));
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            assertThat(schema.fulfilledBy(json("{\"a\": \"" + "a".repeat(40) + "!\"}"))).isFalse();
            assertThat(schema.fulfilledBy(json("{\"a\": \"" + "a".repeat(100_000) + "!\"}"))).isFalse();
            assertThat(schema.fulfilledBy(json("{\"a\": \"" + "a".repeat(100_000) + "\"}"))).isTrue();
        });
    }
}
