// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.postern.edge.Problem;
import dev.postern.edge.Violation;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import dev.postern.token.RequestContent;
import dev.postern.token.Examples;
import dev.postern.token.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewAccessRequestTest {
    private static final AccessRequestId DRAWN = AccessRequestId.of("11111111-1111-4111-8111-111111111111");
    private static final String OPENING = """
        {"type": "firewall_opening", "identifier": "service:shop-db", "protocol": "tcp", "ports": "5432", "sources": ["203.0.113.7"]}""";
    private static final String CALLS = """
        {"type": "digitalocean_api", "identifier": "do:firewall:bb4b2611-3d72-467b-8602-280330ecd65c", "actions": ["firewall:read"]}""";
    private static final String IMAGES = """
        {"type": "container_registry", "identifier": "do:repository:acme/shop-api", "actions": ["pull"]}""";

    private static RequestContent read(String body) {
        return NewAccessRequest.read(body.getBytes(StandardCharsets.UTF_8), Examples.PORTAL, Examples.NOON, () -> DRAWN);
    }

    private static String body(String members, String details) {
        return "{\"account\": \"acme\", \"duration\": \"PT8H\", %s \"authorization_details\": [%s]}".formatted(members, details);
    }

    private static Problem refused(String body) {
        Problem problem = catchThrowableOfType(Problem.class, () -> read(body));
        assertThat(problem).as("accepted: %s", body).isNotNull();
        assertThat(problem.status()).isEqualTo(400);
        return problem;
    }

    private static void refusedAt(String body, String pointer) {
        Problem problem = refused(body);
        assertThat(problem.errors()).as(problem.toJson()).extracting(Violation::pointer).contains(pointer);
    }

    @Test
    void everyMemberIsRead() throws EventJson.Unreadable {
        RequestContent read = read("""
            {"id": "018f3f0e-7a51-7c3e-9b1d-0242ac120002", "account": "acme", "on_behalf_of": "customer-17", "duration": "P1DT30M",
             "replaces": "018f3f0e-7a51-7c3e-9b1d-0242ac120003", "reason": "nightly\\nreport", "authorization_details": [
               %s, %s,
               {"type": "digitalocean_api", "identifier": "do:firewall:*", "actions": ["firewall:read", "firewall:update"],
                "constraints": {"methods": ["POST"], "body_schema": {"type": "object"}, "max_calls": 100, "client_addresses": ["198.51.100.0/24"],
                                "query": {"type": ["TXT", ""]}, "max_calls_per_minute": 7, "own_created": true}}]}
            """.formatted(OPENING, IMAGES));
        assertThat(read.id()).hasToString("018f3f0e-7a51-7c3e-9b1d-0242ac120002");
        assertThat(read.duration()).isEqualTo(Duration.ofHours(24).plusMinutes(30));
        assertThat(read.authorizationDetails()).extracting(AuthorizationDetail::type)
            .containsExactly("firewall_opening", "container_registry", "digitalocean_api");
        Event event = EventJson.read(Topic.ACCESS_REQUESTED, EventJson.write(read.event()));
        assertThat(event).isEqualTo(read.event());
    }

    @Test
    void requestOfMoreQuestionsThanOneDecisionMayAnswerIsRefused() {
        assertThat(read(body("", openings(10, 100))).authorizationDetails()).hasSize(10);
        Problem problem = refused(body("", openings(10, 100) + "," + CALLS));
        assertThat(problem.errors()).extracting(Violation::pointer, Violation::rule).containsExactly(tuple("/authorization_details", "request-too-large"));
        assertThat(problem.toJson()).contains("asks 1001 questions", "send several requests");
    }

    @Test
    void anIdIsDrawnWhereTheClientChoseNone() {
        assertThat(read(body("", OPENING)).id()).isEqualTo(DRAWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1M", "PT60S", "P90D", "P1DT12H", "PT2160H", "PT8H30M15S"})
    void durationsFromAMinuteTo90DaysAreRead(String duration) {
        assertThat(NewAccessRequest.duration(duration)).isBetween(Limits.DURATION_MIN, Limits.DURATION_MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1h", "5m", "8 hours", "3600", "pt8h"})
    void durationInAnotherFormIsAnsweredWithTheFormThatIsRead(String duration) {
        assertThat(refused(body("", OPENING).replace("PT8H", duration)).detail()).contains("as PT8H or P30D");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT59S", "P91D", "P90DT1S", "PT0S", "P1M", "P1Y", "P2W", "PT", "P", "-PT1H", "PT-1H", "+PT1H", "pt1h", "PT1.5H", "PT90.5S",
        "PT1H ", "8 hours", "PT9999999999999H", "P1DT", "PT1H1H"})
    void otherDurationsAreRefusedAtTheirMember(String duration) {
        refusedAt(body("", OPENING).replace("PT8H", duration), "/duration");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        203.0.113.7/32      | write 203.0.113.7
        203.0.113.9/24      | write 203.0.113.0/24
        2001:DB8::1         | write 2001:db8::1
        2001:db8:0:0::1/128 | write 2001:db8::1
        2001:db8::1/64      | write 2001:db8::/64
        ::ffff:203.0.113.7  | write 203.0.113.7
        ::FFFF:203.0.113.7  | write 203.0.113.7
        0:0:0:0:0:ffff:203.0.113.7 | write 203.0.113.7
        ::ffff:cb00:7107    | write 203.0.113.7
        ::ffff:cb00:7100/120 | write 203.0.113.0/24
        ::ffff:203.0.113.0/120 | write 203.0.113.0/24
        ::ffff:203.0.113.9/120 | write 203.0.113.0/24
        ::FFFF:203.0.113.7/128 | write 203.0.113.7
        *                   | must be an IPv4 or IPv6 address
        2001:db8::1%eth0    | write 2001:db8::1
        [2001:db8::1]       | write 2001:db8::1
        2001:0db8::0001     | write 2001:db8::1
        0203.0.113.7        | leading zeros
        """)
    void aSpellingThatIsNotCanonicalIsRefusedWithTheCanonicalOne(String source, String advice) {
        Problem problem = refused(body("", OPENING.replace("203.0.113.7", source)));
        assertThat(problem.pointer()).contains("/authorization_details/0/sources/0");
        assertThat(problem.rule()).isEqualTo("invalid-body");
        assertThat(problem.detail()).contains(advice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113", "203.0.113.256", "0203.0.113.7", "0xcb007107", "example.com", "203.0.113.7/33", "203.0.113.7-9", "fe80::1%eth0",
        "::ffff:203.0.113.7", "203.0.113.*", " 203.0.113.7", "203.0.113.7/", "[2001:db8::1]"})
    void malformedAddressIsRefused(String source) {
        refusedAt(body("", OPENING.replace("203.0.113.7", source)), "/authorization_details/0/sources/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "5432-5431", "5432-5432", "5432-", "-5432", "05432", "5432,5433", "all", "1-65536", "٥٤٣٢"})
    void otherPortsAreRefused(String ports) {
        refusedAt(body("", OPENING.replace("5432", ports)), "/authorization_details/0/ports");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        firewall_opening   | do:droplet:1
        firewall_opening   | service:Shop
        firewall_opening   | service:shop-
        digitalocean_api   | service:shop-db
        digitalocean_api   | do:droplet:
        digitalocean_api   | do:droplet:../1
        container_registry | do:droplet:1
        container_registry | do:repository:acme
        container_registry | do:repository:acme/*
        """)
    void anIdentifierThatDoesNotFitTheTypeIsRefused(String type, String identifier) {
        String details = (type.startsWith("f") ? OPENING : type.startsWith("d") ? CALLS : IMAGES)
            .replaceFirst("\"identifier\": \"[^\"]*\"", "\"identifier\": \"" + identifier + "\"");
        refusedAt(body("", details), "/authorization_details/0/identifier");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "id": "018F3F0E-7A51-7C3E-9B1D-0242AC120002",                      | /id
        "id": "not a uuid",                                                | /id
        "id": 7,                                                           | /id
        "on_behalf_of": "",                                                | /on_behalf_of
        "on_behalf_of": "a\\tb",                                           | /on_behalf_of
        "on_behalf_of": "   ",                                             | /on_behalf_of
        "on_behalf_of": {"a": 1},                                          | /on_behalf_of
        "reason": [],                                                      | /reason
        "replaces": "none",                                                | /replaces
        "role": "admin",                                                   | /role
        """)
    void otherMembersAreRefusedAtTheirPlace(String members, String pointer) {
        refusedAt(body(members, OPENING), pointer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        do:droplet:0300201                                   | do:droplet:0300201 has leading zeros; write do:droplet:300201
        do:dbaas:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30        | write do:database:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30
        do:floatingip:45.55.96.47                            | write do:reserved_ip:45.55.96.47
        do:project:default                                   | stands for another project; write that one's own UUID
        do:registry:account.default                          | stands for another registry; write that one's own name
        do:firewall:BB4B2611-3D72-467B-8602-280330ECD65C     | write do:firewall:bb4b2611-3d72-467b-8602-280330ecd65c
        do:domain:Billing.Example                            | write do:domain:billing.example
        do:domain:billing.example.                           | write do:domain:billing.example
        do:domain:b\u00fccher.example                       | write do:domain:xn--bcher-kva.example
        do:tag:Billing                                       | write do:tag:billing
        do:ssh_key:3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa | write its id
        do:image:ubuntu-24-04-x64                            | named by its number
        do:firewall:abc                                      | named by its UUID
        """)
    void aNameThatIsNotCanonicalIsRefusedWithTheCanonicalOne(String identifier, String advice) {
        Problem problem = refused(body("", CALLS.replaceFirst("\"identifier\": \"[^\"]*\"", java.util.regex.Matcher.quoteReplacement(
            "\"identifier\": \"" + identifier + "\""))));
        assertThat(problem.pointer()).contains("/authorization_details/0/identifier");
        assertThat(problem.detail()).contains(advice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "onBehalfOf": "customer-17",           | /onBehalfOf    | did you mean on_behalf_of?
        "id": "order-17",                      | /id            | must be a UUID
        "replaces": null,                      | /replaces      | is null; leave it out
        "id": 17,                              | /id            | must be of the JSON type string
        "on_behalf_of": "a\\u2028b",         | /on_behalf_of  | one line
        "on_behalf_of": "a\\u202eb",         | /on_behalf_of  | U+202E
        "reason": "a\\u2029b",               | /reason        | line end
        "reason": "a\\u200bb",               | /reason        | U+200B
        "on_behalf_of": "cafe\\u0301",       | /on_behalf_of  | normalization form C
        """)
    void refusalNamesTheMemberAndTheRightForm(String members, String pointer, String advice) {
        Problem problem = refused(body(members, OPENING));
        assertThat(problem.pointer()).contains(pointer);
        assertThat(problem.detail()).contains(advice);
    }

    @Test
    void aProtocolIsTcpOrUdp() {
        assertThat(refused(body("", OPENING.replace("\"tcp\"", "\"TCP\""))).detail()).isEqualTo("must be tcp or udp");
    }

    /** An accepted request must never be refused by its event: the caller would get 500. */
    @ParameterizedTest
    @ValueSource(strings = {"\\n", "\\r", "\\r\\n", "\\t", "\\u0085", "\\u2028", "\\u2029", "\\u000b", "\\u000c", "\\u0000", "\\u007f", "\\u202e", "\\u200b",
        "\\ufeff", " ", "\\u00a0", "e\\u0301", "/", "..", "*", "$", "\\ud83d\\ude00"})
    void textAcceptedByTheRequestIsAcceptedByItsEvent(String odd) throws Exception {
        com.fasterxml.jackson.databind.ObjectMapper mapper = new com.fasterxml.jackson.databind.ObjectMapper();
        com.fasterxml.jackson.databind.JsonNode whole = mapper.readTree(body(
            "\"id\": \"018f3f0e-7a51-7c3e-9b1d-0242ac120002\", \"on_behalf_of\": \"customer-17\","
                + "\"replaces\": \"018f3f0e-7a51-7c3e-9b1d-0242ac120003\", \"reason\": \"report\",",
            OPENING + "," + IMAGES + "," + CALLS.replaceFirst("}\\s*$",
                ", \"constraints\": {\"methods\": [\"POST\"], \"client_addresses\": [\"198.51.100.0/24\"], \"query\": {\"type\": [\"TXT\"]}, \"max_calls\": 1}}")));
        String text = mapper.readValue("\"" + odd + "\"", String.class);
        int taken = 0;
        for (String changed : everyTextWith(whole, text)) {
            RequestContent asked;
            try {
                asked = read(changed);
            } catch (Problem refused) {
                continue;
            }
            taken++;
            assertThat(EventJson.read(Topic.ACCESS_REQUESTED, EventJson.write(asked.event()))).isEqualTo(asked.event());
        }
        assertThat(read(whole.toString())).isNotNull();
        assertThat(taken).isLessThan(20);
    }

    /** The document with the text put before, into and behind each of its texts, one at a time. */
    private static List<String> everyTextWith(com.fasterxml.jackson.databind.JsonNode whole, String odd) throws Exception {
        com.fasterxml.jackson.databind.ObjectMapper mapper = new com.fasterxml.jackson.databind.ObjectMapper();
        java.util.Set<String> texts = new java.util.LinkedHashSet<>();
        java.util.ArrayDeque<com.fasterxml.jackson.databind.JsonNode> open = new java.util.ArrayDeque<>(List.of(whole));
        while (!open.isEmpty()) {
            com.fasterxml.jackson.databind.JsonNode node = open.pop();
            if (node.isTextual()) {
                texts.add(node.textValue());
            }
            node.forEach(open::push);
        }
        List<String> all = new java.util.ArrayList<>();
        for (String text : texts) {
            for (String changed : List.of(odd + text, text + odd, text.charAt(0) + odd + text.substring(1))) {
                all.add(whole.toString().replace(mapper.writeValueAsString(text), mapper.writeValueAsString(changed)));
            }
        }
        return all;
    }

    @Test
    void aRequestDoesNotReplaceItself() {
        String id = "018f3f0e-7a51-7c3e-9b1d-0242ac120002";
        refusedAt(body("\"id\": \"" + id + "\", \"replaces\": \"" + id + "\",", OPENING), "/replaces");
    }

    @Test
    void missingMembersAreNamedAllAtOnce() {
        assertThat(refused("{}").errors()).extracting(Violation::pointer).containsExactlyInAnyOrder("/account", "/authorization_details", "/duration");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type": "ssh_key", "identifier": "x"}                                                              | /authorization_details/0/type
        {"identifier": "service:shop-db"}                                                                   | /authorization_details/0/type
        {"type": "firewall_opening", "identifier": "service:shop-db", "protocol": "tcp", "ports": "5432"}   | /authorization_details/0/sources
        {"type": "container_registry", "identifier": "do:repository:a/b", "actions": ["delete"]}            | /authorization_details/0/actions/0
        {"type": "container_registry", "identifier": "do:repository:a/b", "actions": ["pull"], "ports": 1}  | /authorization_details/0/ports
        {"type": "digitalocean_api", "identifier": "do:droplet:1", "actions": []}                           | /authorization_details/0/actions
        {"type": "digitalocean_api", "identifier": "do:droplet:1", "actions": ["everything"]}               | /authorization_details/0/actions/0
        {"type": "digitalocean_api", "identifier": "do:droplet:1", "actions": ["image:update"]}             | /authorization_details/0/actions/0
        {"type": "digitalocean_api", "identifier": "do:droplet:1", "actions": ["droplet:read", "genai:read"]} | /authorization_details/0/actions/1
        {"type": "digitalocean_api", "identifier": "do:gadget:1", "actions": ["droplet:read"]}              | /authorization_details/0/identifier
        7                                                                                                   | /authorization_details/0
        """)
    void anEntryThatIsNotOfItsFormIsRefused(String entry, String pointer) {
        refusedAt(body("", entry), pointer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {}                                         | /authorization_details/0/constraints
        {"methods": ["TRACE"]}                     | /authorization_details/0/constraints/methods/0
        {"max_calls": 0}                           | /authorization_details/0/constraints/max_calls
        {"max_calls": 1.5}                         | /authorization_details/0/constraints/max_calls
        {"max_calls": 99999999999999999999}        | /authorization_details/0/constraints/max_calls
        {"client_addresses": ["10.0.0.1/8"]}       | /authorization_details/0/constraints/client_addresses/0
        {"until": "noon"}                          | /authorization_details/0/constraints/until
        {"body_schema": "any"}                     | /authorization_details/0/constraints/body_schema
        {"body_schema": {"$ref": "https://example.com/s"}} | /authorization_details/0/constraints/body_schema/$ref
        {"body_schema": {"properties": {"a": {"maxItms": 1}}}} | /authorization_details/0/constraints/body_schema/properties/a/maxItms
        {"body_schema": {"type": "strin"}}         | /authorization_details/0/constraints/body_schema/type
        {"query": {"type": "TXT"}}                 | /authorization_details/0/constraints/query/type
        {"query": {"type": []}}                    | /authorization_details/0/constraints/query/type
        {"query": {}}                              | /authorization_details/0/constraints/query
        {"max_calls_per_minute": 0}                | /authorization_details/0/constraints/max_calls_per_minute
        {"own_created": "yes"}                     | /authorization_details/0/constraints/own_created
        {"own_created": true}                      | /authorization_details/0/constraints/own_created
        """)
    void aConstraintThatIsNotOfItsFormIsRefused(String constraints, String pointer) {
        refusedAt(body("", CALLS.replace("}", ", \"constraints\": " + constraints + "}")), pointer);
    }

    @Test
    void aBodySchemaHasALimit() {
        String schema = "{\"body_schema\": {\"title\": \"" + "x".repeat(Limits.BODY_SCHEMA_BYTES_MAX) + "\"}}";
        refusedAt(body("", CALLS.replace("}", ", \"constraints\": " + schema + "}")), "/authorization_details/0/constraints/body_schema");
    }

    @Test
    void theSameOpeningTwiceIsRefusedAtTheSecondPlace() {
        String second = OPENING.replace("[\"203.0.113.7\"]", "[\"203.0.113.8\", \"203.0.113.7\"]");
        refusedAt(body("", OPENING + "," + second), "/authorization_details/1/sources/1");
        refusedAt(body("", OPENING + "," + OPENING), "/authorization_details");
        refusedAt(body("", OPENING.replace("\"203.0.113.7\"", "\"203.0.113.7\", \"203.0.113.7\"")), "/authorization_details/0/sources");
    }

    @Test
    void entriesSourcesAndOpeningsHaveLimits() {
        assertThat(read(body("", openings(10, 100))).authorizationDetails()).hasSize(10);
        refusedAt(body("", openings(11, 100)), "/authorization_details");
        refusedAt(body("", openings(1, 101)), "/authorization_details/0/sources");
        refusedAt(body("", String.join(",", Collections.nCopies(51, CALLS))), "/authorization_details");
        refusedAt(body("", ""), "/authorization_details");
    }

    @Test
    void atMostTwentyErrorsAreNamed() {
        assertThat(refused(body("", openings(1, 100).replace("203.0", "999.0"))).errors()).hasSize(20);
    }

    private static String openings(int entries, int sources) {
        return IntStream.range(0, entries).mapToObj(entry -> OPENING.replace("\"203.0.113.7\"", IntStream.range(0, sources)
            .mapToObj(source -> "\"203.0." + entry + "." + source + "\"").collect(Collectors.joining(", ")))).collect(Collectors.joining(","));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "7", "{", "{\"account\": \"acme\",}", "{} {}", "{\"a\": 1, \"a\": 2}"})
    void bodyThatIsNoObjectIsRefused(String body) {
        assertThat(refused(body).rule()).isNotEqualTo("internal-error");
    }

    @Test
    void noAnswerRepeatsWhatWasSent() {
        for (String body : List.of(body("\"id\": \"pst_secret-secret-secret-secret-secre\",", OPENING), body("\"reason\": {\"x\": \"pst_secret\"},", OPENING),
            body("", OPENING.replace("203.0.113.7", "pst_secret")), body("", OPENING.replace("5432", "pst_secret")),
            body("", OPENING).replace("PT8H", "pst_secret"), body("", OPENING).replace("acme", "pst_secret"))) {
            assertThat(refused(body).toJson()).doesNotContain("pst_secret");
        }
    }
}
