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

    @Test
    void aPatternThatWouldTakeForeverDoesNotHold() {
        BodySchema schema = BodySchema.compile(json("{\"properties\": {\"a\": {\"pattern\": \"^(a+)+$\"}}}"));
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            assertThat(schema.fulfilledBy(json("{\"a\": \"" + "a".repeat(40) + "!\"}"))).isFalse();
            assertThat(schema.fulfilledBy(json("{\"a\": \"" + "a".repeat(100_000) + "\"}"))).isFalse();
            assertThat(schema.fulfilledBy(json("{\"a\": \"aaa\"}"))).isTrue();
        });
    }
}
