// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.postern.edge.ReadyEnforcer;
import dev.postern.events.Event;
import dev.postern.events.PolicyChanged;
import dev.postern.events.Topic;
import dev.postern.local.parts.RealParts;
import dev.postern.policy.kafka.RealPolicyService;
import dev.postern.policy.kafka.Wire;
import dev.postern.policy.postgres.CedarThreads;
import io.quarkus.arc.Arc;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@RealPolicyService
class PolicyResourceIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    private static final String PERMIT = "permit(principal, action, resource == Service::\"nobody-has-this\");";
    private static final String FORBID = "forbid(principal, action, resource == Service::\"nobody-has-this\");";

    @Inject
    CedarThreads offTheLoop;

    private static RequestSpecification as(String person) {
        return given().auth().oauth2(RealParts.keycloak().tokens().password(person));
    }

    private static RequestSpecification author() {
        return as("paul").contentType("text/plain; charset=utf-8");
    }

    private static String fresh() {
        return "t-" + UUID.randomUUID();
    }

    private static String put(String id, String text) {
        return author().body(text).put("/policies/" + id).then().statusCode(201).extract().header("ETag");
    }

    private static long setVersion() {
        return as("audrey").get("/policies").then().statusCode(200).extract().jsonPath().getLong("policy_set_version");
    }

    private static void problem(ValidatableResponse answer, int status, String rule) {
        answer.statusCode(status).contentType("application/problem+json").body("status", equalTo(status)).body("rule", equalTo(rule))
            .body("type", equalTo("https://postern.dev/problems/" + rule)).body("detail", notNullValue())
            .body("$", not(hasKey("stack")));
    }

    @Test
    void enforcerIsCreatedAtTheStart() {
        assertThat(Arc.container().beanManager().resolveObserverMethods(new StartupEvent()))
            .anyMatch(observer -> observer.getBeanClass() == ReadyEnforcer.class);
    }

    @Test
    void aPolicyLivesFromPutToDeleteAndEveryChangeIsToldWithItsVersion() {
        String id = fresh();
        long before = setVersion();
        String first = author().body(PERMIT).put("/policies/" + id).then().statusCode(201)
            .header("Location", containsString("/policies/" + id)).header("ETag", equalTo("\"" + (before + 1) + "\""))
            .body("id", equalTo(id)).body("text", equalTo(PERMIT)).body("version", equalTo((int) before + 1))
            .body("changed_by", notNullValue()).body("changed_at", notNullValue()).extract().header("ETag");
        as("olga").get("/policies/" + id).then().statusCode(200).header("ETag", equalTo(first)).body("etag", equalTo(first)).body("text", equalTo(PERMIT));
        as("olga").header("If-None-Match", first).get("/policies/" + id).then().statusCode(304).header("ETag", equalTo(first));

        String second = author().contentType("application/cedar; charset=utf-8").header("If-Match", first).body(FORBID.getBytes(StandardCharsets.UTF_8))
            .put("/policies/" + id).then().statusCode(200)
            .body("version", equalTo((int) before + 2)).extract().header("ETag");
        assertThat(second).isNotEqualTo(first);
        as("olga").header("If-None-Match", first).get("/policies/" + id).then().statusCode(200);
        as("audrey").queryParam("limit", 200).get("/policies").then().statusCode(200).body("items.id", hasItem(id)).body("items",
            everyItem(not(hasKey("text"))));

        as("paul").delete("/policies/" + id).then().statusCode(204);
        problem(as("paul").get("/policies/" + id).then(), 404, "not-found");
        problem(as("paul").delete("/policies/" + id).then(), 404, "not-found");
        assertThat(setVersion()).isEqualTo(before + 3);

        List<Event> told = await().atMost(Duration.ofSeconds(10)).until(() -> Wire.published(Topic.POLICY_CHANGED, id), events -> events.size() == 3);
        assertThat(told).extracting(event -> ((PolicyChanged) event).policySetVersion()).containsExactly(before + 1, before + 2, before + 3);
        assertThat(((PolicyChanged) told.get(1)).text()).contains(FORBID);
        assertThat(((PolicyChanged) told.get(2)).removed()).isTrue();
        assertThat(told).allSatisfy(event -> assertThat(((PolicyChanged) event).changedByClient()).isPresent());
    }

    @Test
    void pagesListEveryPolicyOnceInTheOrderOfIds() {
        String prefix = fresh();
        for (int each = 0; each < 5; each++) {
            put(prefix + "-" + each, PERMIT);
        }
        List<String> listed = new ArrayList<>();
        String cursor = null;
        do {
            RequestSpecification request = as("audrey").queryParam("limit", 2);
            JsonPath page = (cursor == null ? request : request.queryParam("cursor", cursor)).get("/policies").then().statusCode(200).extract().jsonPath();
            listed.addAll(page.getList("items.id"));
            cursor = page.getString("next_cursor");
        } while (cursor != null);
        assertThat(listed).isSorted().doesNotHaveDuplicates();
        assertThat(listed).filteredOn(id -> id.startsWith(prefix)).hasSize(5);
        problem(as("audrey").queryParam("limit", 0).get("/policies").then(), 400, "out-of-range");
        problem(as("audrey").queryParam("cursor", "nonsense").get("/policies").then(), 400, "invalid-cursor");
    }

    @Test
    void theSameTextAgainChangesNothing() {
        String id = fresh();
        String etag = put(id, PERMIT);
        long version = setVersion();
        author().body(PERMIT).put("/policies/" + id).then().statusCode(200).header("ETag", equalTo(etag));
        author().header("If-Match", etag).body(PERMIT).put("/policies/" + id).then().statusCode(200).header("ETag", equalTo(etag));
        assertThat(setVersion()).isEqualTo(version);
    }

    @Test
    void aChangeByAnOutdatedStateIsRefused() {
        String id = fresh();
        String first = put(id, PERMIT);
        author().header("If-Match", first).body(FORBID).put("/policies/" + id).then().statusCode(200);
        problem(author().header("If-Match", first).body(PERMIT).put("/policies/" + id).then(), 412, "precondition-failed");
        problem(author().header("If-None-Match", "*").body(PERMIT).put("/policies/" + id).then(), 412, "precondition-failed");
        problem(as("paul").header("If-Match", first).delete("/policies/" + id).then(), 412, "precondition-failed");
        problem(author().header("If-Match", "*").body(PERMIT).put("/policies/" + fresh()).then(), 412, "precondition-failed");
        problem(author().header("If-Match", "no tag").body(PERMIT).put("/policies/" + id).then(), 400, "invalid-entity-tag");
        as("olga").get("/policies/" + id).then().body("text", equalTo(FORBID));
    }

    @Test
    void anotherTextWithoutAnIfMatchIsRefusedAndTheStarReplacesWhateverIsThere() {
        String id = fresh();
        put(id, PERMIT);
        long version = setVersion();
        problem(author().body(FORBID).put("/policies/" + id).then().body("detail", containsString("If-Match: *")), 428, "precondition-required");
        assertThat(setVersion()).isEqualTo(version);
        author().header("If-Match", "*").body(FORBID).put("/policies/" + id).then().statusCode(200);
    }

    @Test
    void entityTagsAreComparedWeaklyOverAllLinesOfTheHeader() {
        String id = fresh();
        String etag = put(id, PERMIT);
        for (String tags : List.of("W/" + etag, "\"x\", " + etag, "\"x\", W/" + etag, "*")) {
            as("olga").header("If-None-Match", tags).get("/policies/" + id).then().statusCode(304);
        }
        as("olga").header("If-None-Match", "\"x\"", etag).get("/policies/" + id).then().statusCode(304);
        as("olga").header("If-None-Match", "\"x\"").get("/policies/" + id).then().statusCode(200);
    }

    @Test
    void policyThatWouldCostMoreMemoryThanThereIsIsRefusedAndTheServiceStays() {
        String chain = "permit(principal, action in [Action::\"digitalocean\", Action::\"registry\"], resource) when { "
            + String.join(" && ", java.util.Collections.nCopies(900, "(!(context has reason) || context.reason != \"0\")")) + " };";
        for (int each = 0; each < 3; each++) {
            problem(author().body(chain).put("/policies/" + fresh()).then().body("errors[0].rule", equalTo("too-costly")), 400, "invalid-policy");
        }
        given().get("/q/health/live").then().statusCode(200);
    }

    @Test
    void policyIsRefusedWithATimeToRetryWhileTheQueueOfChecksIsFullAndEverythingElseGoesOn() {
        String id = fresh();
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger refused = new AtomicInteger();
        try {
            for (int each = 0; each < 1_000 && refused.get() == 0; each++) {
                offTheLoop.check(() -> free.await(30, TimeUnit.SECONDS)).subscribe().with(done -> {}, full -> refused.incrementAndGet());
            }
            assertThat(refused).hasValue(1);
            problem(author().body(PERMIT).put("/policies/" + id).then().header("Retry-After", "5"), 503, "busy");
            as("olga").get("/policies").then().statusCode(200);
            problem(as("olga").get("/policies/" + id).then(), 404, "not-found");
        } finally {
            free.countDown();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> author().body(PERMIT).put("/policies/" + id).statusCode(), status -> status == 201);
    }

    @Test
    void ofManyAuthorsAtOnceOneCreatesAndVersionsHaveNoGap() throws Exception {
        String id = fresh();
        String token = RealParts.keycloak().tokens().password("paul");
        long before = setVersion();
        ExecutorService authors = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> attempts = new ArrayList<>();
            for (int each = 0; each < 16; each++) {
                String text = "// " + each + "\n" + PERMIT;
                attempts.add(() -> given().auth().oauth2(token).contentType("text/plain; charset=utf-8").header("If-None-Match", "*").body(text)
                    .put("/policies/" + id).statusCode());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> status : authors.invokeAll(attempts)) {
                statuses.add(status.get());
            }
            assertThat(statuses).containsOnly(201, 412);
            assertThat(statuses).filteredOn(status -> status == 201).hasSize(1);
        } finally {
            authors.shutdownNow();
        }
        assertThat(setVersion()).isEqualTo(before + 1);
    }

    @Test
    void whoMayReadAndWhoMayWriteIsAdministeredInKeycloak() {
        String id = fresh();
        put(id, PERMIT);
        for (String reader : List.of("paul", "olga", "audrey")) {
            as(reader).get("/policies").then().statusCode(200);
            as(reader).get("/policies/" + id).then().statusCode(200);
        }
        for (String stranger : List.of("rita", "anna")) {
            problem(as(stranger).get("/policies").then(), 403, "forbidden");
            problem(as(stranger).get("/policies/" + id).then(), 403, "forbidden");
        }
        for (String reader : List.of("olga", "audrey", "rita")) {
            problem(as(reader).contentType("text/plain; charset=utf-8").body(FORBID).put("/policies/" + id).then(), 403, "forbidden");
            problem(as(reader).delete("/policies/" + id).then(), 403, "forbidden");
        }
        given().get("/policies").then().statusCode(401).contentType("application/problem+json").header("WWW-Authenticate", startsWith("Bearer"));
        given().contentType("text/plain; charset=utf-8").body(FORBID).put("/policies/" + id).then().statusCode(401).header("WWW-Authenticate",
            startsWith("Bearer"));
        given().auth().oauth2("nonsense").get("/policies").then().statusCode(401).header("WWW-Authenticate", startsWith("Bearer"));
        problem(given().auth().oauth2(RealParts.keycloak().tokens().client("client-portal")).get("/policies/" + id).then(), 403, "forbidden");
        as("olga").get("/policies/" + id).then().body("text", equalTo(PERMIT));
    }

    @Test
    void whatIsNoPolicyIsRefusedWithLineAndColumnInCedarsWords() {
        problem(author().body("permit(principal,\n  action, resource) when { resource.nope };").put("/policies/" + fresh()).then()
            .body("detail", startsWith("line 2, column 28: attribute `nope`")).body("errors[0].rule", equalTo("schema")), 400, "invalid-policy");
        problem(author().body("permit(principal == ?principal, action, resource);").put("/policies/" + fresh()).then()
            .body("detail", containsString("template")), 400, "invalid-policy");
        problem(author().body("@id(\"other\") " + PERMIT).put("/policies/" + fresh()).then()
            .body("errors[0].rule", equalTo("annotation")), 400, "invalid-policy");
        problem(author().body("permit(principal, action, resource) when { false };").put("/policies/" + fresh()).then()
            .body("errors[0].rule", equalTo("never-applies")), 400, "invalid-policy");
        problem(author().body("@aproval(\"approver\") " + PERMIT).put("/policies/" + fresh()).then()
            .body("detail", containsString("did you mean @approval?")), 400, "invalid-policy");
        author().body(PERMIT).put("/policies/" + fresh()).then().statusCode(201)
            .body("warnings[0]", containsString("Service::\"nobody-has-this\" is not a protected service now"));
    }

    @Test
    void hostileTextsAreRefusedAndTheServiceStays() {
        long version = setVersion();
        Map<String, String> hostile = Map.of(
            "nesting", "permit(principal, action, resource) when { " + "(".repeat(30_000) + "true" + ")".repeat(30_000) + " };",
            "unclosed", "[".repeat(60_000),
            "members", "permit(principal, action, resource) when { context has a" + ".a".repeat(30_000) + " };",
            "escape", "permit(principal, action, resource) when { \"\\",
            "null", "permit(principal, action, resource)\u0000;",
            "sql", "'); drop table policy; --",
            "two", PERMIT + PERMIT,
            "json", "{\"effect\": \"permit\"}");
        hostile.forEach((name, text) -> problem(author().body(text).put("/policies/" + fresh()).then(), 400, "invalid-policy"));
        problem(author().body(new byte[] {'p', (byte) 0xff, (byte) 0xfe}).put("/policies/" + fresh()).then(), 400, "not-utf8");
        problem(author().body("").put("/policies/" + fresh()).then(), 400, "empty-body");
        problem(author().body("// " + "x".repeat(70_000) + "\n" + PERMIT).put("/policies/" + fresh()).then(), 400, "invalid-policy");
        assertThat(author().body("// " + "x".repeat(300_000)).put("/policies/" + fresh()).statusCode()).isEqualTo(413);
        problem(as("paul").contentType("application/json").body("{\"text\": \"\"}").put("/policies/" + fresh()).then(), 415, "unsupported-media-type");
        problem(as("paul").contentType("text/plain; charset=iso-8859-1").body(PERMIT.getBytes(StandardCharsets.ISO_8859_1)).put("/policies/" + fresh())
            .then(), 415, "unsupported-charset");
        problem(author().body(PERMIT).queryParam("force", "true").put("/policies/" + fresh()).then(), 400, "unknown-parameter");
        problem(author().body(PERMIT).put("/policies/" + "a".repeat(101)).then(), 400, "invalid-id");
        assertThat(setVersion()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UPPER", "-", "a%20b", "a%00b", "%F0%9F%99%82", "a%2Fb", "..%2f..", "a'b", "%C3%A4"})
    void anIdThatCannotBeOneNamesNothing(String id) {
        Response answer = as("paul").urlEncodingEnabled(false).get("/policies/" + id);
        assertThat(answer.statusCode()).isBetween(400, 404);
        Response put = author().urlEncodingEnabled(false).body(PERMIT).put("/policies/" + id);
        assertThat(put.statusCode()).isBetween(400, 405);
    }

    @Test
    void healthMetricsAndTheApiDescriptionNeedNoToken() {
        given().get("/q/health/ready").then().statusCode(200).body("checks.name", hasItem("Kafka"));
        given().get("/q/health/live").then().statusCode(200);
        String metrics = given().get(metricsUrl).then().statusCode(200).extract().asString();
        assertThat(metrics).contains("postern_decisions_decided_total", "postern_decisions_evaluated_seconds", "postern_policies_failed_total");
        assertThat(given().accept("application/json").get("/q/openapi").then().statusCode(200).extract().asString())
            .contains("/policies/{id}").contains("application/cedar");
    }
}
