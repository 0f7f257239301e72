// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anybody may put anything on a topic: what is no event is refused as unreadable, and as nothing else. */
class HostilePayloadsTest {
    private static final List<String> OTHERS = List.of("{}", "[]", "\"\\u2028\"", "true", "-1", "1e400", "0.5", "1E+1000000000", "1E+10000000000000",
        "123456789012345678901234567890");
    private static final String ENDED = """
        {"request_id": "018f3f0e-7a51-7c3e-9b1d-0242ac120002", "account": "acme", "cause": "revoked", "ended_by": "somebody", "ended_at": "2026-03-01T12:00:00Z"}""";

    @TestFactory
    Stream<DynamicTest> unknownMembersAreIgnoredInEveryObject() {
        return Golden.all().stream().map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
            JsonNode tree = golden.tree();
            Schemas.eachNode("", tree.deepCopy(), (pointer, node) -> {
                // A schema's keywords and a query's parameters are the requester's words: no member can be added to them later.
                if (node.isObject() && !pointer.contains("/body_schema") && !pointer.endsWith("/constraints/query")) {
                    ((ObjectNode) tree.at(pointer)).put("x_added_later", "ignored").putObject("x_also").putArray("list").addNull().add(1.5);
                }
            });
            assertThat(EventJson.read(golden.topic(), bytes(tree))).isEqualTo(golden.event());
        }));
    }

    @TestFactory
    Stream<DynamicTest> noMemberMayBeNullAndNoRequiredMemberMayBeMissing() {
        return Golden.all().stream().filter(golden -> golden.bytes().length < 10_000).map(golden -> DynamicTest.dynamicTest(golden.name(), () -> {
            List<String> members = new ArrayList<>();
            Schemas.eachNode("", golden.tree(), (pointer, node) -> {
                if (!pointer.isEmpty() && !pointer.contains("/body_schema/")) {
                    members.add(pointer);
                }
            });
            JsonNode schema = Schemas.PRESENT.of(golden.topic()).schema();
            for (String pointer : members) {
                refused(golden.topic(), bytes(replaced(golden.tree(), pointer, Golden.MAPPER.nullNode())));
                refusedOrOptional(golden, pointer, schema);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> aMemberOfAnotherTypeIsRefused() {
        return Golden.all().stream().filter(golden -> golden.bytes().length < 10_000)
            .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> Schemas.eachNode("", golden.tree(), (pointer, node) -> {
                if (!pointer.isEmpty() && !pointer.contains("/body_schema")) {
                    String marked = replaced(golden.tree(), pointer, Golden.MAPPER.getNodeFactory().textNode("@here@")).toString();
                    OTHERS.stream().filter(other -> Golden.tree(other.getBytes(StandardCharsets.UTF_8)).getNodeType() != node.getNodeType())
                        .forEach(other -> refused(golden.topic(), marked.replace("\"@here@\"", other).getBytes(StandardCharsets.UTF_8)));
                }
            })));
    }

    @TestFactory
    Stream<DynamicTest> anEventOfAnotherTopicIsRefused() {
        return Arrays.stream(Topic.values()).map(topic -> DynamicTest.dynamicTest(topic.topicName(), () -> Golden.all().stream()
            .filter(golden -> golden.topic() != topic).forEach(golden -> refused(topic, golden.bytes()))));
    }

    @Test
    void anUnknownTypeOrVersionIsNoTopic() {
        assertThat(Topic.ofType("dev.postern.access-requested.v1")).contains(Topic.ACCESS_REQUESTED);
        for (String unknown : List.of("", "dev.postern.access-requested.v2", "dev.postern.access-requested", "access-requested",
            "dev.postern.ACCESS-REQUESTED.v1",
            "dev.postern.access-requested.v1 ", "com.example.access-requested.v1")) {
            assertThat(Topic.ofType(unknown)).as(unknown).isEmpty();
        }
        assertThat(Topic.ofType(null)).isEmpty();
        assertThat(Topic.named("access-requested.dead-letter")).isEmpty();
        assertThat(Topic.named(null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"firewall_openings", "FIREWALL_OPENING", "", "dev.postern.events.AuthorizationDetail$FirewallOpening", "firewall_opening "})
    void anUnknownTypeOfAccessIsRefused(String type) {
        JsonNode tree = Golden.of(Topic.ACCESS_REQUESTED).get(0).tree();
        refused(Topic.ACCESS_REQUESTED, bytes(replaced(tree, "/authorization_details/0/type", Golden.MAPPER.getNodeFactory().textNode(type))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "{}", "\"\"", "0", "true", "{", "}", "{]", "nul", "NaN", "{'cause': 1}", "{\"cause\": NaN}",
        "{\"index\": 01}", "// x\n{}", "\u0000",
        "{\"a\": \"\u0001\"}", "{\"a\": \"\\x\"}", "{\"a\": \"\\ud8\"}", "{\"a\":1,}", "\ufeff{}"})
    void whatIsNoJsonOrNoObjectIsRefused(String payload) {
        for (Topic topic : Topic.values()) {
            refused(topic, payload.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theExampleOfTheseTestsIsAnEvent() {
        assertThatCode(() -> EventJson.read(Topic.ACCESS_ENDED, ENDED.getBytes(StandardCharsets.UTF_8))).doesNotThrowAnyException();
    }

    @Test
    void duplicateMembersTrailingTokensAndComments() {
        refused(ENDED.replace("\"account\": \"acme\"", "\"account\": \"acme\", \"account\": \"other\""));
        refused(ENDED.replace("\"account\": \"acme\"", "\"account\": \"acme\", \"acc\\u006funt\": \"other\""));
        refused(ENDED.replace("}", ", \"x\": {\"y\": 1, \"y\": 1}}"));
        refused(ENDED + "{}");
        refused(ENDED + "]");
        refused(ENDED + ENDED);
        refused(ENDED.replace("}", "/* x */}"));
    }

    @Test
    void depthAndSize() {
        refused(ENDED.replace("}", ", \"x\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
        refused(ENDED.replace("}", ", \"x\": " + "{\"x\":".repeat(70) + "1" + "}".repeat(70) + "}"));
        refused(ENDED + " ".repeat(EventJson.PAYLOAD_BYTES_MAX));
        refused(ENDED.replace("}", ", \"x\": " + "9".repeat(2_000) + "}"));
        refused(ENDED.replace("}", ", \"" + "x".repeat(60_000) + "\": 1}"));
        refused(Topic.ACCESS_ENDED, null);
        assertThatCode(() -> EventJson.read(Topic.ACCESS_ENDED, (ENDED + " ".repeat(100_000)).getBytes(StandardCharsets.UTF_8))).doesNotThrowAnyException();
    }

    @Test
    void otherEncodingsThanUtf8() {
        for (Charset other : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, Charset.forName("UTF-32"),
            Charset.forName("UTF-32LE"))) {
            refused(Topic.ACCESS_ENDED, ENDED.getBytes(other));
        }
        refused(Topic.ACCESS_ENDED, ENDED.replace("somebody", "jos\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        byte[] overlong = ENDED.replace("somebody", "XX").getBytes(StandardCharsets.ISO_8859_1);
        int at = ENDED.indexOf("somebody");
        overlong[at] = (byte) 0xc0;
        overlong[at + 1] = (byte) 0xaf;
        refused(Topic.ACCESS_ENDED, overlong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "\\ud800", "\\udc00\\ud800", "\\ud800x", "\\n", "\\u0085", "\\u2028", "\\u001b[31m"})
    void textThatCannotBeKeptOrForgesLines(String escape) {
        refused(ENDED.replace("somebody", "some" + escape + "body"));
    }

    @Test
    void textThatCannotBeKeptAlsoWhereAnythingGoes() {
        refused(ENDED.replace("}", ", \"x\": {\"y\": [\"\\u0000\"]}}"));
        refused(ENDED.replace("}", ", \"x\": 1e400}"));
        refused(ENDED.replace("}", ", \"x\": -1e9999999999999}"));
        refused(ENDED.replace("}", ", \"x\\ud800\": 1}"));
        assertThatCode(() -> EventJson.read(Topic.ACCESS_ENDED, ENDED.replace("}", ", \"x\": \"\\ud83d\\ude00\\n\"}").getBytes(StandardCharsets.UTF_8)))
            .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00", "2026-03-01 12:00:00Z", "2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T23:59:60Z", "+12026-03-01T12:00:00Z", "2026-03-01", "0", "2026-03-01T12:00:00.1234567890Z", "2026-03-01T12:00:00Z\\n",
        "\uff12026-03-01T12:00:00Z", "2026-03-01t12:00:00z"})
    void timesThatAreNoInstantInUtc(String time) {
        refused(ENDED.replace("2026-03-01T12:00:00Z", time));
    }

    @ParameterizedTest
    @ValueSource(strings = {"018F3F0E-7A51-7C3E-9B1D-0242AC120002", "1-1-1-1-1", "018f3f0e7a517c3e9b1d0242ac120002", " 018f3f0e-7a51-7c3e-9b1d-0242ac120002",
        "", "018f3f0e-7a51-7c3e-9b1d-0242ac120002\\n",
        "{018f3f0e-7a51-7c3e-9b1d-0242ac120002}", "urn:uuid:018f3f0e-7a51-7c3e-9b1d-0242ac120002"})
    void idsOfAnotherSpelling(String id) {
        refused(ENDED.replace("018f3f0e-7a51-7c3e-9b1d-0242ac120002", id));
    }

    @Test
    void aGrantWithoutAnEndAndADenialThatGrantsAreRefused() {
        JsonNode granted = Golden.of(Topic.ACCESS_DECIDED).stream().filter(golden -> golden.name().endsWith("/granted.json")).findFirst().orElseThrow().tree();
        refused(Topic.ACCESS_DECIDED, bytes(((ObjectNode) granted.deepCopy()).without("valid_until")));
        refused(Topic.ACCESS_DECIDED, bytes(replaced(granted, "/authorization_details", Golden.MAPPER.createArrayNode())));
        refused(Topic.ACCESS_DECIDED, bytes(replaced(granted, "/outcome", Golden.MAPPER.getNodeFactory().textNode("denied"))));
        JsonNode put = Golden.of(Topic.POLICY_CHANGED).stream().filter(golden -> golden.name().endsWith("/put.json")).findFirst().orElseThrow().tree();
        refused(Topic.POLICY_CHANGED, bytes(((ObjectNode) put.deepCopy()).without("text")));
    }

    @Test
    void whatWouldBeRefusedIsNotWritten() {
        AccessRequestId id = AccessRequestId.of("018f3f0e-7a51-7c3e-9b1d-0242ac120002");
        for (String text : List.of("", "x".repeat(256), "a\u0000b", "\ud800", "a\nb")) {
            Event event = new AccessEnded(id, new AccountName("acme"), AccessEnded.Cause.REVOKED, Optional.of(text), Optional.empty(), Instant.EPOCH);
            assertThatThrownBy(() -> EventJson.write(event)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no dev.postern.access-ended.v1: ");
        }
        Event tooLate = new AccessEnded(id, new AccountName("acme"), AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(), Instant.MAX);
        assertThatThrownBy(() -> EventJson.write(tooLate)).isInstanceOf(IllegalArgumentException.class);
        Event without = new AccessEnded(id, null, AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(), Instant.EPOCH);
        assertThatThrownBy(() -> EventJson.write(without)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefusalNamesThePlaceAndNeverTheContent() {
        assertThatThrownBy(() -> EventJson.read(Topic.ACCESS_ENDED, ENDED.replace("acme", "SECRET").getBytes(StandardCharsets.UTF_8)))
            .isInstanceOf(EventJson.Unreadable.class).hasMessageContaining("/account").hasMessageNotContaining("SECRET");
        assertThatThrownBy(() -> EventJson.read(Topic.ACCESS_ENDED, ENDED.replace("\"acme\"", "SECRET").getBytes(StandardCharsets.UTF_8)))
            .isInstanceOf(EventJson.Unreadable.class).hasMessageNotContaining("SECRET").hasNoCause();
        assertThatThrownBy(
            () -> EventJson.read(Topic.ACCESS_ENDED, ENDED.replace("2026-03", "2026-13").replace("somebody", "SECRET").getBytes(StandardCharsets.UTF_8)))
            .isInstanceOf(EventJson.Unreadable.class).hasMessageNotContaining("SECRET").hasNoCause();
    }

    private static void refusedOrOptional(Golden golden, String pointer, JsonNode schema) {
        JsonNode tree = golden.tree();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = tree.at(pointer.substring(0, slash));
        if (slash == 0 && schema.path("required").valueStream().anyMatch(name -> name.textValue().equals(pointer.substring(1)))) {
            ((ObjectNode) parent).remove(pointer.substring(1));
            refused(golden.topic(), bytes(tree));
        }
    }

    private static JsonNode replaced(JsonNode tree, String pointer, JsonNode value) {
        JsonNode copy = tree.deepCopy();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = copy.at(pointer.substring(0, slash));
        String name = pointer.substring(slash + 1);
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(name), value);
        } else {
            ((ObjectNode) parent).set(name, value);
        }
        return copy;
    }

    private static byte[] bytes(JsonNode tree) {
        return tree.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void refused(String accessEnded) {
        refused(Topic.ACCESS_ENDED, accessEnded.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(Topic topic, byte[] payload) {
        assertThatThrownBy(() -> EventJson.read(topic, payload))
            .as(() -> topic + " " + (payload == null ? "null" : new String(payload, 0, Math.min(payload.length, 300), StandardCharsets.UTF_8)))
            .isInstanceOf(EventJson.Unreadable.class);
    }
}
