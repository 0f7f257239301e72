// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.audit.kafka.AuditParts;
import dev.postern.audit.kafka.Publisher;
import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.ApiCalled;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.Event;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.events.TokenId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class EntriesIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final String DIGEST = "0".repeat(64);
    private final Auditor auditor = Auditor.audrey();

    /** Marks this test's events, so that its queries find no others. */
    private final String mark = UUID.randomUUID().toString();

    @Test
    void wayOfOneRequestIsFoundByEachThingThatAnAuditorKnowsOfIt() {
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        tell(requested(id, NOON), decided(id, NOON.plusMillis(5)), new AccessEnded(id, new AccountName("acme"), AccessEnded.Cause.REVOKED,
            Optional.of(mark), Optional.empty(), NOON.plusSeconds(60)));
        awaitFound(3, "request_id", id);
        assertThat(topics("request_id", id)).containsExactly("access-requested", "access-decided", "access-ended");
        assertThat(topics("request_id", id, "topic", "access-decided")).containsExactly("access-decided");
        assertThat(topics("request_id", id, "type", "dev.postern.access-ended.v1")).containsExactly("access-ended");
        assertThat(topics("key", id)).hasSize(3);
        // The end inherits the customer and the resource of its request.
        assertThat(topics("on_behalf_of", mark)).containsExactly("access-requested", "access-decided", "access-ended");
        assertThat(topics("actor", mark)).containsExactly("access-ended");
        assertThat(topics("request_id", id, "actor", "portal-" + mark)).containsExactly("access-requested", "access-decided");
        assertThat(topics("request_id", id, "client", "client-portal")).hasSize(2);
        assertThat(topics("request_id", id, "service", "shop-db")).hasSize(3);
        assertThat(topics("request_id", id, "resource", "service:shop-db")).hasSize(3);
        assertThat(topics("request_id", id, "address", "203.0.113.7")).hasSize(2);
        assertThat(topics("request_id", id, "account", "acme")).hasSize(3);
        assertThat(topics("request_id", id, "policy", "p-" + mark)).containsExactly("access-decided");
        assertThat(topics("request_id", id, "outcome", "granted")).containsExactly("access-decided");
        assertThat(topics("request_id", id, "outcome", "revoked")).containsExactly("access-ended");
        assertThat(topics("request_id", id, "outcome", "denied")).isEmpty();
        assertThat(topics("request_id", id, "from", "2026-03-01T12:00:00.005Z")).containsExactly("access-decided", "access-ended");
        assertThat(topics("request_id", id, "to", "2026-03-01T13:00:00.005+01:00")).containsExactly("access-requested");
        assertThat(topics("request_id", id, "order", "desc")).containsExactly("access-ended", "access-decided", "access-requested");
    }

    @Test
    void callAndExpiryAreFoundByTheRequesterWhoseAccessTheyUse() {
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        tell(requested(id, NOON), new AccessEnded(id, new AccountName("acme"), AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(),
            NOON.plusSeconds(60)),
            new ApiCalled("call-" + mark, new TokenId(UUID.randomUUID()), id, new AccountName("acme"), Optional.empty(), List.of(),
                ApiCalled.CallOutcome.REFUSED, 403, 1, Optional.empty(), Optional.empty(), Optional.of("scope"), NOON.plusSeconds(30)));
        awaitFound(3, "request_id", id);
        assertThat(topics("request_id", id, "actor", "portal-" + mark)).containsExactlyInAnyOrder("access-requested", "access-ended", "api-called");
        assertThat(topics("request_id", id, "client", "client-portal")).hasSize(3);
    }

    @Test
    void thingIsFoundInEachOfItsSpellings() {
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        tell(requested(id, NOON), decided(id, NOON.plusMillis(5)));
        awaitFound(2, "request_id", id);
        assertThat(topics("request_id", id.toString().toUpperCase(java.util.Locale.ROOT))).hasSize(2);
        assertThat(topics("request_id", id, "service", "SHOP-DB")).hasSize(2);
        assertThat(topics("request_id", id, "outcome", "GRANTED")).hasSize(1);
        for (String address : List.of("203.0.113.7/32", "::ffff:203.0.113.7", "203.0.113.0/24", "203.0.0.0/16")) {
            assertThat(topics("request_id", id, "address", address)).as(address).hasSize(2);
        }
        assertThat(topics("request_id", id, "address", "203.0.113.8")).isEmpty();
    }

    @Test
    void actorIsFoundByNameAndNobodyIsSaidToBeNobody() {
        String olga = subject(new Auditor("olga").token());
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        tell(new AccessEnded(id, new AccountName("acme"), AccessEnded.Cause.REVOKED, Optional.of(olga), Optional.empty(), NOON));
        awaitFound(1, "request_id", id);
        assertThat(topics("request_id", id, "actor", "olga")).containsExactly("access-ended");
        assertThat(topics("request_id", id, "actor", olga)).containsExactly("access-ended");
        for (String nobody : List.of("nobody-of-this-name", UUID.randomUUID().toString())) {
            given().auth().oauth2(auditor.token()).queryParam("actor", nobody).get("/entries").then().statusCode(400)
                .body("rule", equalTo("unknown-actor")).body("pointer", equalTo("?actor"));
        }
        given().auth().oauth2(auditor.token()).queryParam("client", "no-client-of-this-id").get("/entries").then().statusCode(400)
            .body("rule", equalTo("unknown-client")).body("pointer", equalTo("?client"));
    }

    private static String subject(String token) {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), java.nio.charset.StandardCharsets.UTF_8);
        return claims.replaceAll(".*\"sub\":\"([^\"]*)\".*", "$1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"asc", "desc"})
    void pagesTogetherAreTheWholeListWhateverArrivesMeanwhile(String order) {
        List<AccessRequestId> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(new AccessRequestId(UUID.randomUUID()));
        }
        tell(ids.stream().map(id -> requested(id, NOON)).toArray(Event[]::new));
        awaitFound(25, "on_behalf_of", mark);
        List<Long> paged = new ArrayList<>();
        JsonNode page = auditor.get("/entries", "on_behalf_of", mark, "limit", 7, "order", order);
        while (true) {
            assertThat(page.get("items").size()).isLessThanOrEqualTo(7);
            page.get("items").forEach(entry -> paged.add(entry.get("index").asLong()));
            if (!page.has("next_cursor")) {
                break;
            }
            tell(other());
            page = auditor.get("/entries", "on_behalf_of", mark, "limit", 7, "order", order, "cursor", page.get("next_cursor").asText());
        }
        assertThat(paged).hasSize(25).doesNotHaveDuplicates().isSortedAccordingTo(
            order.equals("asc") ? java.util.Comparator.naturalOrder() : java.util.Comparator.reverseOrder());
    }

    @Test
    void oneEntryIsThereWithHeadersAndExactBytes() {
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        tell(requested(id, NOON));
        awaitFound(1, "request_id", id);
        JsonNode brief = auditor.get("/entries", "request_id", id).get("items").get(0);
        assertThat(brief.has("payload_base64")).isFalse();
        JsonNode entry = auditor.get("/entries/" + brief.get("index").asLong());
        assertThat(entry.get("topic").asText()).isEqualTo("access-requested");
        assertThat(entry.get("time").asText()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(entry.get("headers").get("ce_subject").asText()).isEqualTo(id.toString());
        assertThat(entry.get("data").get("on_behalf_of").asText()).isEqualTo(mark);
        assertThat(new String(Base64.getDecoder().decode(entry.get("payload_base64").asText()))).contains(mark);
        assertThat(entry.get("leaf_hash").asText()).matches("[0-9a-f]{64}");
        assertThat(Instant.parse(entry.get("appended_at").asText())).isAfter(NOON);
    }

    @Test
    void checkpointGrowsWithEachEntry() {
        JsonNode before = auditor.get("/checkpoint");
        tell(requested(new AccessRequestId(UUID.randomUUID()), NOON));
        awaitFound(1, "on_behalf_of", mark);
        JsonNode after = auditor.get("/checkpoint");
        assertThat(after.get("origin").asText()).isEqualTo("postern.dev/audit");
        assertThat(after.get("size").asLong()).isGreaterThan(before.get("size").asLong());
        assertThat(after.get("root_hash").asText()).isNotEqualTo(before.get("root_hash").asText());
        assertThat(Base64.getDecoder().decode(after.get("root_hash").asText())).hasSize(32);
        assertThat(Instant.parse(after.get("at").asText())).isAfterOrEqualTo(Instant.parse(before.get("at").asText()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "limit=0|out-of-range|?limit", "limit=201|out-of-range|?limit", "limit=x|out-of-range|?limit", "limit=|out-of-range|?limit",
        "cursor=nonsense|invalid-cursor|?cursor", "cursor=|invalid-cursor|?cursor", "from=yesterday|invalid-time|?from", "to=2026-03-01|invalid-time|?to",
        "from=-999999999-01-01T00:00:00Z|invalid-time|?from", "to=%2B999999999-12-31T23:59:59Z|invalid-time|?to",
        "from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z|empty-window|?to", "topic=audit-log|unknown-value|?topic", "topic=nonsense|unknown-value|?topic",
        "address=nonsense|invalid-address|?address", "outcome=won|unknown-value|?outcome", "resource=shop-db|invalid-resource|?resource",
        "order=up|unknown-value|?order", "request=1|unknown-parameter|?request", "key=a&key=b|repeated-parameter|?key", "key=|empty|?key"})
    void badQueryIsRefusedWithTheParameterAtFault(String query, String rule, String pointer) {
        given().auth().oauth2(auditor.token()).urlEncodingEnabled(false).get("/entries?" + query).then().statusCode(400)
            .contentType("application/problem+json").body("rule", equalTo(rule)).body("pointer", equalTo(pointer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/entries/99999999", "/entries/-1", "/entries/01", "/entries/x", "/entries/99999999999999999999", "/entries/1/proof", "/nothing"})
    void whatIsNotThereIsNotFound(String path) {
        given().auth().oauth2(auditor.token()).get(path).then().statusCode(404)
            .contentType("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/entries", "/entries/0", "/checkpoint", "/stream"})
    void nobodyReadsTheLogWithoutATokenAndNobodyWithoutTheRole(String path) {
        given().get(path).then().statusCode(401).contentType("application/problem+json");
        given().auth().oauth2("nonsense").get(path).then().statusCode(401);
        for (String person : List.of("paul", "anna", "rita")) {
            given().auth().oauth2(new Auditor(person).token()).get(path).then().statusCode(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"key=%00", "key=a%0Ab", "key=%ff"})
    void queryThatIsNoTextIsRefused(String query) {
        given().auth().oauth2(auditor.token()).urlEncodingEnabled(false).get("/entries?" + query).then().statusCode(400)
            .contentType("application/problem+json");
    }

    @Test
    void operatorReadsTheLogToo() {
        assertThat(new Auditor("olga").get("/entries", "limit", 1).has("items")).isTrue();
        assertThat(new Auditor("olga").get("/checkpoint").has("size")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void nothingOfTheLogCanBeChangedOverHttp(String method) {
        given().auth().oauth2(auditor.token()).body("{}").contentType("application/json").request(method, "/entries/0").then()
            .statusCode(405).header("Allow", org.hamcrest.Matchers.containsString("GET"));
    }

    @Test
    void healthAndMetricsNeedNoToken() {
        given().get("/q/health/ready").then().statusCode(200);
        String metrics = given().get(metricsUrl).then().statusCode(200).extract().asString();
        assertThat(metrics).contains("postern_log_size_entries", "postern_stream_subscribers",
            "postern_entries_impostor_total 0", "postern_dead_letters_total{consumer=\"audit-service\",reason=\"unreadable\",topic=\"api-called\"");
    }

    private void tell(Event... events) {
        try (Publisher publisher = new Publisher()) {
            publisher.send(java.util.Arrays.stream(events).map(publisher::record).toList());
        }
    }

    private void awaitFound(int count, Object... query) {
        await().atMost(Duration.ofSeconds(30)).until(() -> auditor.get("/entries", query).get("items").size() == count);
    }

    private List<String> topics(Object... query) {
        List<String> topics = new ArrayList<>();
        auditor.get("/entries", query).get("items").forEach(entry -> topics.add(entry.get("topic").asText()));
        return topics;
    }

    private static Event other() {
        return new AccessEnded(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"), AccessEnded.Cause.EXPIRED, Optional.empty(),
            Optional.empty(), NOON);
    }

    private AccessRequested requested(AccessRequestId id, Instant at) {
        return new AccessRequested(id, new AccountName("acme"), requester(), Optional.of(mark), details(), Duration.ofHours(1), Optional.empty(),
            Optional.empty(), DIGEST, at);
    }

    private AccessDecided decided(AccessRequestId id, Instant at) {
        return new AccessDecided(id, new AccountName("acme"), requester(), Optional.of(mark), AccessDecided.Decision.GRANTED, details(), List.of(),
            Optional.of(at.plusSeconds(3600)), List.of(new PolicyId("p-" + mark)), 1, List.of(), DIGEST, Optional.empty(), at);
    }

    private Requester requester() {
        return new Requester(Requester.Kind.PORTAL, "portal-" + mark, "client-portal", List.of("requester"));
    }

    private static List<AuthorizationDetail> details() {
        return List.of(new AuthorizationDetail.FirewallOpening(new ResourceName("service:shop-db"), Protocol.TCP, new PortRange(5432, 5432),
            List.of(new SourceAddress("203.0.113.7"))));
    }
}
