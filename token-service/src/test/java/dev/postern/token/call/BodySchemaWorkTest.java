// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The dearest schemas and bodies that anybody found, each within the limits of a body (1 MiB): what they cost is bounded. */
class BodySchemaWorkTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** The bound is 50 ms on one processor that does nothing else; a test machine is slower, and compiles for the first time. */
    private static final long MS_MAX = 250;

    static Stream<Arguments> dearest() {
        Map<String, String> schemas = new LinkedHashMap<>();
        schemas.put("numbers and multipleOf of the field case", items(times(100, "{\"multipleOf\":1e-9}")));
        schemas.put("numbers and bounds", items(times(100, "{\"minimum\":-1e308,\"maximum\":1.7976931348623157e308}")));
        schemas.put("constants", items(times(100, "{\"not\":{\"const\":1.5e-300}}")));
        schemas.put("long constants", items(times(60, "{\"not\":{\"const\":\"" + "x".repeat(200) + "\"}}")));
        schemas.put("patterns", items(times(100, "{\"pattern\":\"^(a|aa)*(b|a)*$\"}")));
        schemas.put("repeated patterns", items(times(20, "{\"pattern\":\"((a?){99}a{99})?\"}")));
        schemas.put("classes", items(times(60, "{\"pattern\":\"\\\\p{L}*\\\\p{N}*\\\\p{L}*$\"}")));
        schemas.put("names by patterns", "{\"properties\":{\"data\":{\"patternProperties\":{"
            + String.join(",", Stream.iterate(0, n -> n + 1).limit(100).map(n -> "\"^(a|b)*" + n + "$\":true").toList()) + "}}}}");
        schemas.put("unique", items(times(10, "true")).replace("\"items\"", "\"uniqueItems\":true,\"items\""));
        schemas.put("nested choices", items("{\"oneOf\":[" + times(15, "{\"anyOf\":[" + times(15, "{\"type\":\"null\"}") + "]}") + "]}"));
        schemas.put("unevaluated", "{\"properties\":{\"data\":{\"allOf\":[" + times(30, "{\"additionalProperties\":true,\"items\":true}")
            + "],\"unevaluatedProperties\":false,\"unevaluatedItems\":false}}}");
        schemas.put("contained", "{\"properties\":{\"data\":{\"allOf\":[" + times(100, "{\"contains\":{\"const\":7}}") + "]}}}");
        schemas.put("names", "{\"properties\":{\"data\":{\"propertyNames\":{\"allOf\":[" + times(100, "{\"minLength\":1}") + "]}}}}");
        schemas.put("dependent schemas",
            "{\"properties\":{\"data\":{\"dependentSchemas\":{" + many(80, n -> "\"d" + n + "\":{\"propertyNames\":{\"minLength\":1}}") + "}}}}");
        schemas.put("conditions", items(times(60, "{\"if\":{\"type\":\"string\"},\"then\":{\"minLength\":1},\"else\":{\"not\":{\"const\":null}}}")));
        schemas.put("references",
            "{\"$defs\":{\"a\":{\"anyOf\":[" + times(20, "{\"const\":\"no\"}") + "]},\"b\":{\"allOf\":[" + times(15, "{\"not\":{\"$ref\":\"#/$defs/a\"}}")
                + "]}},\"properties\":{\"data\":{\"items\":{\"$ref\":\"#/$defs/b\"}}}}");
        schemas.put("counted", "{\"properties\":{\"data\":{\"allOf\":["
            + times(60, "{\"contains\":{\"not\":{\"const\":-1}},\"minContains\":99999,\"maxContains\":100001}") + "]}}}");
        schemas.put("enumerated objects", items(times(40, "{\"not\":{\"enum\":[{\"a\":[1,2,3]},{\"b\":{\"c\":\"d\"}}]}}")));
        schemas.put("alternatives of a name",
            "{\"properties\":{\"data\":{\"patternProperties\":{\"^(" + many(40, n -> "a" + n).replace(',', '|') + ")*$\":{\"type\":\"null\"}}}}}");
        schemas.put("unevaluated names", "{\"properties\":{\"data\":{\"anyOf\":[" + times(40, "{\"patternProperties\":{\"^(a|b)*$\":true}}")
            + "],\"unevaluatedProperties\":{\"type\":\"integer\"}}}}");
        schemas.put("required of each name", "{\"properties\":{\"data\":{\"dependentRequired\":{" + many(100, n -> "\"ab" + n + "\":[\"x\"]") + "}}}}");
        return schemas.entrySet().stream().flatMap(schema -> bodies().entrySet().stream()
            .map(body -> Arguments.of(schema.getKey() + " over " + body.getKey(), schema.getValue(), body.getValue())));
    }

    private static String items(String all) {
        return "{\"properties\":{\"data\":{\"items\":{\"allOf\":[" + all + "]}}}}";
    }

    private static String times(int times, String what) {
        return String.join(",", java.util.Collections.nCopies(times, what));
    }

    private static String many(int count, java.util.function.IntFunction<String> what) {
        return java.util.stream.IntStream.range(0, count).mapToObj(what).collect(java.util.stream.Collectors.joining(","));
    }

    private static Map<String, JsonNode> bodies() {
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        ArrayNode large = NODES.arrayNode();
        ArrayNode tiny = NODES.arrayNode();
        ArrayNode digits = NODES.arrayNode();
        ArrayNode small = NODES.arrayNode();
        ArrayNode texts = NODES.arrayNode();
        ArrayNode ids = NODES.arrayNode();
        ObjectNode names = NODES.objectNode();
        ObjectNode sameHash = NODES.objectNode();
        for (int at = 0; at < 100_000; at++) {
            if (at < 40_000) {
                large.add(1.79e308);
                tiny.add(4.9e-324);
                names.put("ab".repeat(8) + at, 1);
            }
            if (at < 10_000) {
                digits.add(new java.math.BigInteger("9".repeat(100)));
                ids.add("ab".repeat(25) + at);
            }
            if (at < 16_384) {
                sameHash.put(collidingName(at), 1);
            }
            small.add(at);
        }
        for (int at = 0; at < 20; at++) {
            texts.add("a".repeat(50_000) + at);
        }
        bodies.put("large numbers", large);
        bodies.put("tiny numbers", tiny);
        bodies.put("long numbers", digits);
        bodies.put("many numbers", small);
        bodies.put("long texts", texts);
        bodies.put("many texts", ids);
        bodies.put("many names", names);
        bodies.put("names of one hash", sameHash);
        bodies.put("nested arrays", nested());
        bodies.replaceAll((name, data) -> NODES.objectNode().set("data", data));
        return bodies;
    }

    /** Arrays within arrays to the depth that a body may have, each with many elements: what is compared at one level is compared at every level above. */
    private static JsonNode nested() {
        ArrayNode inner = NODES.arrayNode();
        for (int depth = 0; depth < 28; depth++) {
            ArrayNode outer = NODES.arrayNode().add(inner);
            for (int at = 0; at < 1_500; at++) {
                outer.add(at);
            }
            inner = outer;
        }
        return inner;
    }

    /** Aa and BB have one hash, and so have all texts made of them. */
    private static String collidingName(int number) {
        StringBuilder name = new StringBuilder("x".repeat(30));
        for (int bit = 0; bit < 14; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    @ParameterizedTest
    @MethodSource("dearest")
    void noCheckTakesMoreThanTheWorkOfOneCall(String name, String schema, JsonNode body) {
        BodySchema compiled = BodySchema.compile(Calls.json(schema));
        long best = Long.MAX_VALUE;
        Work work = null;
        for (int round = 0; round < 3 && best > MS_MAX * 1_000_000 / 10; round++) {
            work = new Work();
            long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(Thread.currentThread().getId());
            compiled.violation(body, work);
            best = Math.min(best, ManagementFactory.getThreadMXBean().getThreadCpuTime(Thread.currentThread().getId()) - before);
        }
        assertThat(best / 1_000_000).as(name).isLessThanOrEqualTo(MS_MAX);
    }
}
