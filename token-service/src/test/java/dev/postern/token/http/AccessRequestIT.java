// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static dev.postern.token.real.Caller.AUDREY;
import static dev.postern.token.real.Caller.OLGA;
import static dev.postern.token.real.Caller.PORTAL;
import static dev.postern.token.real.Caller.RITA;
import static dev.postern.token.real.Caller.SECOND_PORTAL;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequested;
import dev.postern.events.AttemptsRefused;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.Requester;
import dev.postern.local.parts.RealParts;
import dev.postern.token.Limits;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Events;
import dev.postern.token.real.Firewall;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests for access over HTTP, on a real broker, a real database and a real Keycloak. */
@QuarkusTest
class AccessRequestIT {
    private static String newId() {
        return UUID.randomUUID().toString();
    }

    @Test
    void aRequestIsTakenInToldToPolicyAndGranted() {
        String id = newId();
        PORTAL.asks(Caller.opening(id, "203.0.113.7")).then().statusCode(202)
            .header("Location", endsWith("/access-requests/" + id)).header("ETag", "\"1\"")
            .body("id", equalTo(id)).body("status", equalTo("pending")).body("decision", nullValue()).body("requester.client", equalTo("client-portal"))
            .body("on_behalf_of", equalTo("customer-17")).body("duration", equalTo("PT8H"));

        AccessRequested told = Policy.heard(id);
        assertThat(told.requester().kind()).isEqualTo(Requester.Kind.PORTAL);
        assertThat(told.requester().roles()).containsExactly("requester");

        Policy.grants(id);
        PORTAL.awaits(id, "granted").then()
            .body("decision.outcome", equalTo("granted")).body("decision.policies", equalTo(List.of("portal-opens-databases")))
            .body("decision.valid_until", notNullValue()).body("decision.authorization_details[0].type", equalTo("firewall_opening"))
            .body("openings[0].service", equalTo("shop-db")).body("openings[0].state", equalTo("opening")).body("openings[0].since", notNullValue());

        Firewall.shows(id, "203.0.113.7", OpeningState.OPEN);
        Response open = org.awaitility.Awaitility.await().until(() -> PORTAL.sees(id), answer -> "open".equals(answer.path("openings[0].state")));
        open.then().body("openings[0].source", equalTo("203.0.113.7")).body("openings[0].ports", equalTo("5432"));
    }

    @Test
    void accountThatNobodyHasIsRefusedForEveryTypeOfAccess() {
        String details = "\"authorization_details\": [%s]}";
        for (String detail : List.of("{\"type\": \"digitalocean_api\", \"identifier\": \"do:droplet:300201\", \"actions\": [\"droplet:read\"]}",
            "{\"type\": \"container_registry\", \"identifier\": \"do:repository:acme/shop-api\", \"actions\": [\"pull\"]}",
            "{\"type\": \"firewall_opening\", \"identifier\": \"service:shop-db\", \"protocol\": \"tcp\", \"ports\": \"5432\", \"sources\": [\"203.0.113.7\"]}")) {
            PORTAL.asks("{\"account\": \"acmee\", \"duration\": \"PT8H\", " + details.formatted(detail)).then().statusCode(400)
                .body("rule", equalTo("account-unknown")).body("pointer", equalTo("/account")).body("detail", containsString("did you mean acme"));
        }
    }

    @Test
    void refusalForWantOfARoleNamesTheRole() {
        AUDREY.asks(Caller.opening(newId(), "203.0.113.7")).then().statusCode(403).body("rule", equalTo("forbidden"))
            .body("detail", containsString("requester"));
    }

    @Test
    void callsThatLackARightAreToldByCallerAndRoute() {
        for (int call = 0; call < 3; call++) {
            AUDREY.asks(Caller.opening(newId(), "203.0.113.7")).then().statusCode(403);
            AUDREY.calls().delete("/access-requests/" + newId()).then().statusCode(403);
        }
        org.awaitility.Awaitility.await().atMost(java.time.Duration.ofSeconds(20)).untilAsserted(() -> {
            List<AttemptsRefused> told = Events.all(AttemptsRefused.class,
                event -> event.actor().isPresent() && event.attempts().stream().anyMatch(attempt -> attempt.route().equals("/access-requests/{id}")));
            assertThat(told.stream().map(event -> event.actor().orElseThrow().client()).distinct()).containsExactly("operator-console");
            List<AttemptsRefused> ofAudrey = Events.all(AttemptsRefused.class, event -> event.actor().equals(told.get(0).actor()));
            assertThat(calls(ofAudrey, "POST", "/access-requests")).isGreaterThanOrEqualTo(3);
            assertThat(calls(ofAudrey, "DELETE", "/access-requests/{id}")).isEqualTo(3);
        });
    }

    private static int calls(List<AttemptsRefused> told, String method, String route) {
        return told.stream().flatMap(event -> event.attempts().stream()).filter(attempt -> attempt.method().equals(method) && attempt.route().equals(route))
            .mapToInt(AttemptsRefused.Attempt::calls).sum();
    }

    @Test
    void repeatedIdIsNoDamageForTheLog() throws Exception {
        String body = Caller.opening(newId(), "203.0.113.9");
        List<LogRecord> alarming = new CopyOnWriteArrayList<>();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord told) {
                boolean ofTheDatabase = String.valueOf(told.getLoggerName()).startsWith("org.hibernate")
                    || String.valueOf(told.getMessage()).contains("duplicate key");
                if (ofTheDatabase && told.getLevel().intValue() >= Level.WARNING.intValue()) {
                    alarming.add(told);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(listener);
        try (AtOnce<Integer> calls = new AtOnce<>(8)) {
            assertThat(calls.run(() -> PORTAL.asks(body).statusCode())).allMatch(status -> status == 202 || status == 200).contains(202);
            PORTAL.asks(body).then().statusCode(200);
            PORTAL.asks(body.replace("PT8H", "PT9H")).then().statusCode(409);
            SECOND_PORTAL.asks(body).then().statusCode(409);
            Logger.getLogger("org.hibernate.test").warning("The listener hears");
        } finally {
            root.removeHandler(listener);
        }
        assertThat(alarming).extracting(LogRecord::getMessage).containsExactly("The listener hears");
    }

    @Test
    void aDeniedRequestSaysWhatWasLeftOutAndWhy() {
        String id = RITA.asksFor("203.0.113.8");
        assertThat(Policy.heard(id).requester().kind()).isEqualTo(Requester.Kind.PERSON);
        Policy.denies(id);
        RITA.awaits(id, "denied").then().body("decision.left_out[0].rule", equalTo("default-deny")).body("decision.valid_until", nullValue())
            .body("openings", equalTo(List.of()));
    }

    @Test
    void theSameAskedAgainAnswersThePresentStateAndIsToldOnce() {
        String body = Caller.opening(newId(), "203.0.113.9");
        String id = PORTAL.asks(body).then().statusCode(202).extract().path("id");
        PORTAL.asks(body).then().statusCode(200).body("status", equalTo("pending"));
        Policy.grants(id);
        PORTAL.awaits(id, "granted");
        PORTAL.asks(body).then().statusCode(200).body("status", equalTo("granted"));
        // Another spelling of the same content is the same content.
        PORTAL.asks(body.replace("PT8H", "PT480M")).then().statusCode(200);
        assertThat(Events.all(AccessRequested.class, event -> event.requestId().toString().equals(id))).hasSize(1);
    }

    @Test
    void otherContentUnderTheSameIdIsAConflict() {
        String id = PORTAL.asksFor("203.0.113.10");
        PORTAL.asks(Caller.opening(id, "203.0.113.11")).then().statusCode(409).contentType("application/problem+json")
            .body("rule", equalTo("exists-with-different-content")).body("pointer", equalTo("/id"));
    }

    @Test
    void anIdOfSomebodyElseIsAConflictThatTellsNothingOfIt() {
        String id = PORTAL.asksFor("203.0.113.12");
        String answer = SECOND_PORTAL.asks(Caller.opening(id, "203.0.113.12")).then().statusCode(409)
            .body("rule", equalTo("id-in-use")).extract().asString();
        assertThat(answer).doesNotContain("client-portal", "pending", "customer-17");
    }

    @Test
    void twentyCallsAtOnceWithOneIdMakeOneRequest() throws Exception {
        String body = Caller.opening(newId(), "203.0.113.13");
        PORTAL.accessToken();
        List<Integer> statuses = new ArrayList<>();
        try (AtOnce<Integer> calls = new AtOnce<>(20)) {
            statuses.addAll(calls.run(() -> PORTAL.asks(body).statusCode()));
        }
        assertThat(statuses.stream().filter(status -> status == 202)).hasSize(1);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(19);
    }

    @Test
    void anIdempotencyKeyInTheHeaderIsAnsweredWithWhereItBelongs() {
        PORTAL.calls().contentType("application/json").header("Idempotency-Key", "order-17").body(Caller.opening(newId(), "203.0.113.14"))
            .post("/access-requests").then().statusCode(400).body("rule", equalTo("idempotency-key")).body("pointer", equalTo("/id"));
    }

    @Test
    void theNumberOfPendingRequestsIsExactAtItsLimit() throws Exception {
        String one = RITA.asksFor("203.0.113.16");
        int free = 7;
        try (Connection connection = RealParts.postgres().superuser("token").connect(); Statement statement = connection.createStatement()) {
            List<String> columns = new ArrayList<>();
            try (ResultSet names = statement.executeQuery("select column_name from information_schema.columns where table_name = 'access_request'"
                + " and table_schema = current_schema() and is_generated = 'NEVER' and column_default is null")) {
                while (names.next()) {
                    columns.add(names.getString(1));
                }
            }
            String copied = String.join(", ", columns.stream().map(column -> column.equals("id") ? "gen_random_uuid()" : column).toList());
            statement.execute("insert into access_request (" + String.join(", ", columns) + ") select " + copied + " from access_request, generate_series(1, "
                + Limits.PENDING_PER_OWNER_MAX + " - " + free + " - (select count(*) from access_request where status = 'pending' and owner_subject ="
                + " (select owner_subject from access_request where id = '" + one + "'))::int) where id = '" + one + "'");
            try (AtOnce<Integer> calls = new AtOnce<>(40)) {
                List<Integer> statuses = calls.run(() -> RITA.asks(Caller.opening(newId(), "203.0.113.17")).statusCode());
                assertThat(statuses.stream().filter(status -> status == 202)).hasSize(free);
                assertThat(statuses.stream().filter(status -> status == 429)).hasSize(40 - free);
            } finally {
                statement
                    .execute("delete from access_request where status = 'pending' and owner_subject = (select owner_subject from access_request where id = '"
                        + one + "')");
            }
        }
    }

    @Test
    void withoutAnIdEachCallIsAnotherRequest() {
        String body = Caller.opening("x", "203.0.113.14").replace("\"id\": \"x\", ", "");
        String one = PORTAL.asks(body).then().statusCode(202).extract().path("id");
        String other = PORTAL.asks(body).then().statusCode(202).extract().path("id");
        assertThat(one).isNotEqualTo(other);
    }

    @Test
    void somebodyElsesRequestIsNotThereExceptForAnOperator() {
        String id = PORTAL.asksFor("203.0.113.15");
        SECOND_PORTAL.sees(id).then().statusCode(404).contentType("application/problem+json").body("rule", equalTo("not-found"));
        SECOND_PORTAL.calls().delete("/access-requests/" + id).then().statusCode(404);
        SECOND_PORTAL.calls().post("/access-requests/" + id + "/token").then().statusCode(404);
        SECOND_PORTAL.calls().queryParam("limit", 200).get("/access-requests").then().statusCode(200).body("items.findAll { it.id == '" + id + "' }",
            equalTo(List.of()));
        OLGA.sees(id).then().statusCode(200);
        PORTAL.sees(id).then().statusCode(200).body("status", equalTo("pending"));
    }

    @Test
    void withoutATokenOrARoleNothingIsAnswered() {
        for (String path : List.of("/access-requests", "/access-requests/" + newId())) {
            given().get(path).then().statusCode(401).contentType("application/problem+json").header("WWW-Authenticate", "Bearer");
            AUDREY.calls().get(path).then().statusCode(403).contentType("application/problem+json");
            given().auth().oauth2("no.such.token").get(path).then().statusCode(401);
        }
        AUDREY.asks(Caller.opening(newId(), "203.0.113.16")).then().statusCode(403);
    }

    @Test
    void itsOwnerEndsARequestAndEndingItAgainChangesNothing() {
        String id = PORTAL.isGranted("203.0.113.17");
        PORTAL.calls().delete("/access-requests/" + id).then().statusCode(204);
        PORTAL.calls().delete("/access-requests/" + id).then().statusCode(204);
        PORTAL.sees(id).then().body("status", equalTo("ended")).body("end.cause", equalTo("revoked")).body("openings[0].state", equalTo("closing"));
        AccessEnded ended = Events.one(AccessEnded.class, event -> event.requestId().toString().equals(id));
        assertThat(ended.cause()).isEqualTo(AccessEnded.Cause.REVOKED);
        Firewall.shows(id, "203.0.113.17", OpeningState.CLOSED);
        org.awaitility.Awaitility.await().until(() -> PORTAL.sees(id).path("openings[0].state").equals("closed"));
    }

    @Test
    void anOperatorEndsSomebodysRequestBeforePolicyAnswersAndALateGrantGivesNothing() {
        String id = PORTAL.asksFor("203.0.113.18");
        OLGA.calls().delete("/access-requests/" + id).then().statusCode(204);
        Policy.grants(id);
        String later = PORTAL.isGranted("203.0.113.19");
        assertThat(later).isNotNull();
        PORTAL.sees(id).then().body("status", equalTo("ended")).body("end.ended_by", notNullValue()).body("decision", nullValue());
        PORTAL.calls().post("/access-requests/" + id + "/token").then().statusCode(409);
    }

    @Test
    void replacedRequestEndsInTheStepThatGrantsItsSuccessor() {
        String old = PORTAL.isGranted("203.0.113.20");
        String id = newId();
        PORTAL.asks(Caller.opening(id, "203.0.113.21").replaceFirst("\\{", "{\"replaces\": \"" + old + "\", ")).then().statusCode(202)
            .body("replaces", equalTo(old));
        PORTAL.sees(old).then().body("status", equalTo("granted"));
        Policy.grants(id);
        PORTAL.awaits(id, "granted");
        PORTAL.sees(old).then().body("status", equalTo("ended")).body("end.cause", equalTo("replaced")).body("end.replaced_by", equalTo(id));
        AccessEnded ended = Events.one(AccessEnded.class, event -> event.requestId().toString().equals(old));
        assertThat(ended.replacedBy()).hasToString("Optional[" + id + "]");
    }

    @Test
    void aReplacementThatIsDeniedLeavesTheOldRequestAsItIs() {
        String old = PORTAL.isGranted("203.0.113.22");
        String id = newId();
        PORTAL.asks(Caller.opening(id, "203.0.113.23").replaceFirst("\\{", "{\"replaces\": \"" + old + "\", ")).then().statusCode(202);
        Policy.denies(id);
        PORTAL.awaits(id, "denied");
        PORTAL.sees(old).then().body("status", equalTo("granted"));
    }

    @Test
    void nobodyReplacesWhatIsNotHis() {
        String foreign = SECOND_PORTAL.asksFor("203.0.113.24");
        for (String replaces : List.of(foreign, newId())) {
            PORTAL.asks(Caller.opening(newId(), "203.0.113.25").replaceFirst("\\{", "{\"replaces\": \"" + replaces + "\", "))
                .then().statusCode(404).body("pointer", equalTo("/replaces"));
        }
    }

    @Test
    void aListShowsEachOwnRequestOnceNewestFirstOverAllPages() {
        String customer = "customer-" + newId();
        List<String> asked = IntStream.range(0, 7).mapToObj(n -> (String) PORTAL.asks(Caller.opening(newId(), "203.0.113." + (30 + n))
            .replace("customer-17", customer)).then().statusCode(202).extract().path("id")).toList();
        List<String> listed = new ArrayList<>();
        String cursor = null;
        do {
            var call = PORTAL.calls().queryParam("on_behalf_of", customer).queryParam("limit", 3);
            Response page = (cursor == null ? call : call.queryParam("cursor", cursor)).get("/access-requests");
            page.then().statusCode(200);
            listed.addAll(page.path("items.id"));
            cursor = page.path("next_cursor");
        } while (cursor != null);
        List<String> newestFirst = new ArrayList<>(asked);
        java.util.Collections.reverse(newestFirst);
        assertThat(listed).isEqualTo(newestFirst);
        SECOND_PORTAL.calls().queryParam("on_behalf_of", customer).get("/access-requests").then().body("items", equalTo(List.of()));
        OLGA.calls().queryParam("on_behalf_of", customer).get("/access-requests").then().body("items.size()", equalTo(7));
        PORTAL.calls().queryParam("on_behalf_of", customer).queryParam("status", "granted").get("/access-requests").then()
            .body("items", equalTo(List.of()));
        PORTAL.calls().queryParam("on_behalf_of", customer).queryParam("status", "pending").get("/access-requests").then()
            .body("items.id", hasItem(asked.get(0)));
        PORTAL.calls().queryParam("status", "awaiting_approval").get("/access-requests").then().statusCode(200);
    }

    @Test
    void aWrongQueryIsRefusedAtItsParameter() {
        for (List<String> wrong : List.of(List.of("status", "open"), List.of("limit", "0"), List.of("limit", "201"), List.of("limit", "many"),
            List.of("cursor", "xyz"), List.of("owner", "me"))) {
            PORTAL.calls().queryParam(wrong.get(0), wrong.get(1)).get("/access-requests").then().statusCode(400)
                .contentType("application/problem+json").body("pointer", equalTo("?" + wrong.get(0)));
        }
    }

    @Test
    void aWrongBodyIsRefusedWithEveryMemberAtFaultAndNothingIsTold() {
        String id = newId();
        PORTAL.asks(Caller.opening(id, "203.0.113.7/32").replace("PT8H", "P1M").replace("5432", "0")).then().statusCode(400)
            .contentType("application/problem+json").body("rule", equalTo("invalid-body"))
            .body("errors.pointer", equalTo(List.of("/duration", "/authorization_details/0/ports", "/authorization_details/0/sources/0")));
        PORTAL.sees(id).then().statusCode(404);
        PORTAL.calls().contentType("text/plain").body("x").post("/access-requests").then().statusCode(415);
        PORTAL.calls().contentType("application/json").body("{\"x\": \"" + "y".repeat(300_000) + "\"}").post("/access-requests").then().statusCode(413);
        PORTAL.sees("not-an-id").then().statusCode(404);
        PORTAL.calls().put("/access-requests").then().statusCode(405).contentType("application/problem+json");
    }
}
