// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw requests and the exact answers to them. */
@QuarkusTest
@QuarkusTestResource(SignedTokens.class)
class EdgeTest {
    @ConfigProperty(name = "test.url")
    URI url;
    @TestHTTPResource(value = "/metrics", management = true)
    URI metricsUrl;
    @Inject
    Failures failures;
    @Inject
    Routes routes;

    @AfterEach
    void everythingIsThereAgain() {
        failures.setAway();
    }

    @Test
    void aBodyThatHoldsIsRead() throws IOException {
        Raw answer = post("{\"name\":\"x\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(json(answer).get("name").asText()).isEqualTo("x");
    }

    @Test
    void aLongBodyIsStillReadOnTheEventLoop() throws IOException {
        Raw answer = post("{\"name\":\"" + "a".repeat(200_000) + "\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"bytes\":200011", "\"event_loop\":true");
    }

    @Test
    void aBodyInChunksIsRead() throws IOException {
        Raw answer = send("POST", "/things", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "c\r\n{\"name\":\"x\"}\r\n0\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"bytes\":12");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{}                                          | required             | /name",
        "{\"name\":1}                                | type                 | /name",
        "{\"name\":\"\"}                             | minLength            | /name",
        "{\"name\":\"x\",\"nane\":1}                 | additionalProperties | /nane",
        "{\"name\":\"x\",\"count\":0}                | minimum              | /count",
        "{\"name\":\"x\",\"count\":1.5}              | type                 | /count",
        "{\"name\":\"x\",\"kind\":\"huge\"}          | enum                 | /kind",
        "{\"name\":\"x\",\"since\":\"yesterday\"}    | format               | /since",
        "{\"name\":\"x\",\"parts\":[{}]}             | required             | /parts/0/a~1b",
        "{\"name\":\"x\",\"parts\":[{\"a/b\":\"a\"},{\"a/b\":\"A\"}]} | pattern | /parts/1/a~1b",
        "{\"name\":\"x\",\"parts\":[{\"a/b\":\"a\",\"~\":1}]} | additionalProperties | /parts/0/~0",
        "{\"name\":\"taken\"}                        | name                 | /name",
    })
    void aMemberThatBreaksTheSchemaIsNamed(String body, String rule, String pointer) throws IOException {
        Raw answer = post(body);
        assertThat(answer.status()).isEqualTo(400);
        JsonNode problem = problem(answer);
        assertThat(problem.get("rule").asText()).isEqualTo("invalid-body");
        assertThat(problem.get("pointer").asText()).isEqualTo(pointer);
        assertThat(problem.get("errors").get(0).get("pointer").asText()).isEqualTo(pointer);
        assertThat(problem.get("errors").get(0).get("rule").asText()).isEqualTo(rule);
        assertThat(problem.get("errors").get(0).get("detail").asText()).isNotBlank();
    }

    @Test
    void allThatIsWrongIsSaidAtOnceButNotMoreThanTwenty() throws IOException {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            parts.add("{}");
        }
        JsonNode problem = problem(post("{\"count\":0,\"parts\":[" + String.join(",", parts) + "]}"));
        assertThat(problem.get("errors")).hasSize(20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "GET  | /nowhere          | 404 | not-found",
        "GET  | /q/nothing        | 404 | not-found",
        "GET  | /things/theirs    | 404 | not-found",
        "PATCH| /things           | 405 | method-not-allowed",
        "FOO  | /things           | 405 | method-not-allowed",
        "TRACE| /things           | 405 | method-not-allowed",
        "GET  | /things/x%00y     | 400 | malformed-uri",
        "GET  | /things/%ff%fe    | 400 | malformed-uri",
        "GET  | /things/%c0%af    | 400 | malformed-uri",
        "GET  | /things/%ed%a0%80 | 400 | malformed-uri",
        "GET  | /things?limit=%ff | 400 | malformed-uri",
        "GET  | /things?a=%0a     | 400 | malformed-uri",
        "GET  | /things?nane=x    | 400 | unknown-parameter",
        "GET  | /things?asOf=x    | 400 | unknown-parameter",
        "GET  | /things?limit=1&limit=2 | 400 | repeated-parameter",
        "GET  | /things?limit=0   | 400 | out-of-range",
        "GET  | /things?limit=201 | 400 | out-of-range",
        "GET  | /things?limit=1e1 | 400 | out-of-range",
        "GET  | /things?limit=99999999999999999999 | 400 | out-of-range",
        "GET  | /things?limit=    | 400 | out-of-range",
        "GET  | /things?status=Open | 400 | unknown-value",
        "GET  | /things?cursor=!  | 400 | invalid-cursor",
        "GET  | /things?cursor=AAAA | 400 | invalid-cursor",
        "GET  | /things?as_of=then  | 400 | instant",
        "OPTIONS | *              | 404 | not-found",
    })
    void aRequestThatNamesNothingHereIsAProblem(String method, String target, int status, String rule) throws IOException {
        Raw answer = send(method, target, "", "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(problem(answer).get("rule").asText()).isEqualTo(rule);
    }

    @Test
    void aPageHasFiftyItemsUnlessToldAndACursorComesBack() throws IOException {
        assertThat(json(get("/things")).get("limit").asInt()).isEqualTo(50);
        JsonNode answer = json(get("/things?limit=200&status=awaiting_approval&cursor=" + Cursor.of(7, "id").encode(), "Prefer: wait=5"));
        assertThat(answer.toString()).isEqualTo("{\"limit\":200,\"cursor\":7,\"status\":\"AWAITING_APPROVAL\",\"wait\":\"PT5S\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', nullValues = "none", value = {
        "Content-Type: text/plain                                       | 415 | unsupported-media-type",
        "Content-Type: multipart/form-data; boundary=x                  | 415 | unsupported-media-type",
        "Content-Type:                                                  | 415 | unsupported-media-type",
        "Content-Type: ///                                              | 415 | unsupported-media-type",
        "Content-Type: application/json, Content-Type: text/plain       | 400 | repeated-header",
        "Content-Type: application/json, Host: elsewhere                | 400 | repeated-header",
        "Content-Type: application/json, Content-Encoding: gzip         | 415 | unknown-content-coding",
        "Content-Type: application/json, Accept: application/xml        | 406 | not-acceptable",
        "Content-Type: application/json, Accept: ;;;                    | 406 | not-acceptable",
    })
    void aHeaderThatCannotBeHonouredIsRefused(String headers, int status, String rule) throws IOException {
        String body = "{\"name\":\"x\"}";
        Raw answer = send("POST", "/things", headers.trim().replace(", ", "\r\n") + "\r\nContent-Length: " + body.length() + "\r\n", body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(problem(answer).get("rule").asText()).isEqualTo(rule);
    }

    /** Sends a body with the content type of {@code curl -d}. */
    @Test
    void bodyThatSaysItIsAFormIsRefusedByAJsonRouteWithWhatItReads() throws IOException {
        for (String type : List.of("Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: text/plain\r\n", "")) {
            Raw answer = send("POST", "/things", type + "Content-Length: 12\r\n", "{\"name\":\"%\"}");
            assertThat(answer.status()).as(type).isEqualTo(415);
            assertThat(problem(answer).get("detail").asText()).contains("application/json");
            assertThat(answer.head()).containsIgnoringCase("accept: application/json").containsIgnoringCase("accept-post: application/json");
        }
    }

    @Test
    void everyRouteSaysWhatItReadsAnswersAndTakes() throws IOException {
        for (Routes.Route route : routes.all()) {
            String path = route.template().replaceAll("\\{[^}]+}", "x");
            Raw unknown = send("PATCH", path, "", "");
            assertThat(unknown.status()).as("%s", route).isEqualTo(405);
            assertThat(unknown.head()).as("%s", route).containsIgnoringCase("allow: ").contains(route.method());
            assertThat(problem(unknown).get("detail").asText()).contains(route.method());
            if (!route.reads().isEmpty()) {
                Raw unread = send(route.method(), path, "Content-Type: application/x-unheard-of\r\nContent-Length: 1\r\n", "x");
                assertThat(unread.status()).as("%s", route).isEqualTo(415);
                assertThat(problem(unread).get("detail").asText()).contains(route.reads());
                assertThat(unread.head()).containsIgnoringCase("accept: " + route.reads().get(0));
            }
        }
        assertThat(routes.all()).extracting(Routes.Route::method).contains("GET", "POST", "PUT");
    }

    /** Keycloak's enforcer also denies paths and methods that nobody administers. */
    @Test
    void denialByPathSaysFirstThatThereIsNoSuchPathOrMethod() {
        Problem denied = HttpProblems.of(403);
        Problem method = HttpProblems.withRoles(denied, "PATCH", "/things", routes);
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.headers()).containsEntry("Allow", "GET, HEAD, OPTIONS, POST");
        assertThat(HttpProblems.withRoles(denied, "GET", "/thingz", routes).status()).isEqualTo(404);
        assertThat(HttpProblems.of(404, "PATCH", "/things/failing/x", routes).status()).isEqualTo(405);
        assertThat(HttpProblems.of(404, "GET", "/things/failing/x", routes).status()).isEqualTo(404);
        assertThat(HttpProblems.withRoles(denied, "HEAD", "/things/whoami", routes).detail()).contains("operator");
        assertThat(HttpProblems.withRoles(Problem.unavailable("away"), "PATCH", "/things", routes).status()).isEqualTo(503);
    }

    @Test
    void streamThatIsAskedForAsJsonNamesWhatItAnswers() throws IOException {
        Raw answer = get("/things/stream", "Accept: application/json");
        assertThat(answer.status()).isEqualTo(406);
        assertThat(problem(answer).get("detail").asText()).contains("text/event-stream");
    }

    @Test
    void severalBlanksStandBetweenSchemeAndToken() throws IOException {
        String token = SignedTokens.person("olivia", "operator");
        assertThat(get("/things/whoami", "Authorization: Bearer   " + token).status()).isEqualTo(200);
        assertThat(get("/things/whoami", "Authorization: Bearer  " + token + " x").status()).isEqualTo(401);
    }

    /** Sends a head as slow-head attacks do: never silent, never whole. */
    @Test
    void headThatComesTooSlowlyEndsItsConnection() throws Exception {
        try (Socket slow = new Socket(url.getHost(), url.getPort())) {
            slow.setSoTimeout(50);
            OutputStream out = slow.getOutputStream();
            out.write("GET /things HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100)).until(() -> ended(slow, out));
        }
    }

    @Test
    void connectionOnWhichNothingComesEnds() throws Exception {
        try (Socket silent = new Socket(url.getHost(), url.getPort())) {
            silent.setSoTimeout(20_000);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionThatIsKeptBetweenRequestsOutlivesTheTimeForHeads() throws Exception {
        try (Socket kept = new Socket(url.getHost(), url.getPort())) {
            kept.setSoTimeout(20_000);
            for (int i = 0; i < 2; i++) {
                kept.getOutputStream().write("GET /things/mine HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                byte[] answer = new byte[12];
                assertThat(kept.getInputStream().readNBytes(answer, 0, answer.length)).isEqualTo(answer.length);
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
                await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
                kept.getInputStream().skip(kept.getInputStream().available());
            }
        }
    }

    private static boolean ended(Socket socket, OutputStream out) {
        try {
            out.write('x');
            out.flush();
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Refused in front of the routes, where no template is known. */
    @Test
    void noPathBecomesALabelOfAMetric() throws Exception {
        get("/things/guarded/customer-4711");
        get("/things/guarded/customer-4711", "Authorization: Bearer .");
        get("/things/customer-4711", "Authorization: Basic x");
        get("/things/customer-4711", "Authorization: Bearer " + SignedTokens.expired());
        get("/things/customer-4711/%zz");
        get("/customer-4711");
        get("/q/customer-4711");
        assertThat(get("/things/mine").status()).isEqualTo(200);
        String metrics = metrics();
        assertThat(metrics).contains("uri=\"/things/{id}\"").doesNotContain("4711");
    }

    @Test
    void metricsAreOnAPortOfTheirOwn() throws Exception {
        assertThat(metrics()).contains("postern_requests_refused_total");
        for (String path : List.of("/q/metrics", "/q/metrics/", "/q/./metrics", "/q/x/../metrics", "/q/%6detrics")) {
            Raw answer = get(path);
            assertThat(answer.status()).as(path).isIn(400, 404);
            assertThat(answer.body()).as(path).doesNotContain("postern_requests_refused_total");
        }
        assertThat(problem(get("/q/metrics")).get("status").asInt()).isEqualTo(404);
    }

    @Test
    void portOfTheMetricsHasNoRouteOfTheService() throws Exception {
        for (String path : List.of("/things/mine", "/q/health", "/q/health/live", "/things/customer-4711")) {
            assertThat(managed(path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(get("/q/health/live").status()).isEqualTo(200);
    }

    private String metrics() throws IOException, InterruptedException {
        return managed("/q/metrics").body();
    }

    private HttpResponse<String> managed(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(metricsUrl.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsNotRead() throws IOException {
        Raw answer = send("POST", "/things", "Content-Type: application/json\r\nContent-Length: 262145\r\n", "");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("body-too-large");
        assertThat(answer.head()).containsIgnoringCase("connection: close");
    }

    @Test
    void aBodyInChunksThatGrowsTooLargeIsRefused() throws IOException {
        String chunk = "8000\r\n" + "a".repeat(0x8000) + "\r\n";
        Raw answer = send("POST", "/things", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", chunk.repeat(9) + "0\r\n\r\n");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("body-too-large");
    }

    @Test
    void chunksThatAreNoneAreRefused() throws IOException {
        Raw answer = send("POST", "/things", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "zz\r\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("bad-request");
    }

    @Test
    void aTransferCodingThatNobodyReadsIsRefused() throws IOException {
        Raw answer = send("POST", "/things", "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("unknown-transfer-coding");
    }

    /** RFC 9112 section 6.3: what follows could be part of the body, or another request. */
    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip"})
    void connectionWhoseBodyHasNoKnownEndIsClosed(String coding) throws IOException {
        Raw answer = Raw.exchange(url.getPort(), "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + coding
            + "\r\n\r\n0\r\n\r\nGET /things/mine HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.head()).containsIgnoringCase("connection: close");
        assertThat(answer.body()).doesNotContain("HTTP/1.1 200");
    }

    /** Refused by the HTTP decoder itself, whose answers have no body. */
    @ParameterizedTest
    @ValueSource(strings = {
        "GET /things/%zz HTTP/1.1\r\nHost: x\r\n",
        "GET /things?limit=%zz HTTP/1.1\r\nHost: x\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX-Y: a\u0000b\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX Y: z\r\n",
        "GET /things\r\n",
        "\u0000\u0001\u0002\r\n",
        "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n",
        "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "GET /things HTTP/1.1\r\n",
        "GET /things HTTP/1.1\r\nHost: a b\r\n",
        "GET /things HTTP/1.1\r\nHost: ZAP%n%s%n\r\n",
    })
    void whatIsNoHttpIsABadRequest(String head) throws IOException {
        Raw answer = Raw.exchange(url.getPort(), head + "Connection: close\r\n\r\n");
        assertThat(answer.status()).isEqualTo(400);
        assertNothingLeaks(answer);
    }

    @Test
    void aLineOrHeadersThatAreTooLongSaySo() throws IOException {
        assertThat(get("/things/" + "a".repeat(9_000)).status()).isEqualTo(414);
        assertThat(get("/things", "X-Long: " + "a".repeat(30_000)).status()).isEqualTo(431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"token=%zz", "token=%ff", "token=%00", "token=%"})
    void aFormThatIsNoneIsRefusedAtOnce(String form) throws IOException {
        Raw answer = send("POST", "/things/form", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length() + "\r\n", form);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("malformed-form");
    }

    /** Asks for an upgrade to HTTP/2, the default of Java's own client. */
    @Test
    void aFormOfAClientThatWouldSpeakHttp2IsRead() throws Exception {
        HttpRequest form = HttpRequest.newBuilder(url.resolve("/things/form")).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("token=abc")).build();
        HttpResponse<String> answer = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build().send(form, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("abc");
    }

    @Test
    void aFormIsRead() throws IOException {
        Raw answer = send("POST", "/things/form", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 17\r\n", "token=a%20b+c&x=y");
        assertThat(json(answer).get("token").asText()).isEqualTo("a b c");
    }

    @Test
    void withoutATokenNobodyIsSomebody() throws IOException {
        for (String path : List.of("/things/whoami", "/things/caller", "/things/guarded")) {
            Raw answer = get(path);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(problem(answer).get("rule").asText()).isEqualTo("unauthorized");
            assertThat(answer.head()).containsIgnoringCase("www-authenticate: Bearer");
        }
    }

    @Test
    void aTokenThatIsNoneOrOfYesterdayIsRefused() throws IOException {
        for (String token : List.of("x", "a.b.c", SignedTokens.expired(), "\u00e9", ".", "..", "....", "", "=".repeat(5_000))) {
            for (String path : List.of("/things/caller", "/things/guarded")) {
                Raw answer = get(path, "Authorization: Bearer " + token);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(problem(answer).get("rule").asText()).isEqualTo("unauthorized");
            }
        }
    }

    @Test
    void aTokenOfNobodyIsNobody() throws IOException {
        String token = SignedTokens.withoutSubject();
        assertThat(get("/things/caller", "Authorization: Bearer " + token).status()).isEqualTo(401);
        assertThat(get("/things/caller", "Authorization: Bearer " + token).status()).as("when he is remembered").isEqualTo(401);
    }

    @Test
    void aTokenWithoutTheRoleIsForbidden() throws IOException {
        Raw answer = get("/things/whoami", "Authorization: Bearer " + SignedTokens.person("bob", "requester"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("forbidden");
    }

    @Test
    void refusalsAreCountedByRuleFromZero() throws Exception {
        String before = refused(metrics());
        get("/things/whoami", "Authorization: Bearer " + SignedTokens.person("bob", "requester"));
        assertThat(Double.parseDouble(refused(metrics()))).isEqualTo(Double.parseDouble(before) + 1);
    }

    private static String refused(String metrics) {
        return metrics.lines().filter(line -> line.startsWith("postern_requests_refused_total{rule=\"forbidden\"}")).findFirst().orElseThrow().split(" ")[1];
    }

    @Test
    void aClientsOwnTokenIsAPortalAndAPersonsIsAPerson() throws IOException {
        JsonNode portal = json(get("/things/whoami", "Authorization: Bearer " + SignedTokens.portal("client-portal", "operator", "offline_access",
            "default-roles-postern")));
        assertThat(portal.get("kind").asText()).isEqualTo("portal");
        assertThat(portal.get("client").asText()).isEqualTo("client-portal");
        assertThat(portal.get("roles").toString()).isEqualTo("[\"operator\"]");
        JsonNode person = json(get("/things/whoami", "Authorization: Bearer " + SignedTokens.person("olivia", "operator", "auditor")));
        assertThat(person.get("kind").asText()).isEqualTo("person");
        assertThat(person.get("subject").asText()).isEqualTo("olivia");
        assertThat(person.get("roles").toString()).isEqualTo("[\"auditor\",\"operator\"]");
    }

    @Test
    void aCallerWhoIsRememberedIsTheSameButForTheCall() throws IOException {
        String token = SignedTokens.person("olivia", "operator", "auditor");
        JsonNode verified = json(get("/things/identity", "Authorization: Bearer " + token));
        JsonNode remembered = json(get("/things/identity", "Authorization: Bearer " + token));
        assertThat(remembered).isEqualTo(verified);
        assertThat(remembered.get("of_this_call").asBoolean()).isTrue();
        assertThat(remembered.get("credential").asText()).isEqualTo(token);
        assertThat(json(get("/things/identity", "Authorization: Bearer " + SignedTokens.person("oscar", "operator"))).get("name").asText()).isEqualTo("oscar");
    }

    @Test
    void anotherSignatureUnderTheSameClaimsIsNotRemembered() throws IOException {
        String token = SignedTokens.person("olivia", "operator");
        String signed = token.substring(0, token.lastIndexOf('.') + 1);
        String ofAnother = SignedTokens.person("oscar", "operator");
        assertThat(get("/things/whoami", "Authorization: Bearer " + token).status()).isEqualTo(200);
        for (String tampered : List.of(signed + ofAnother.substring(ofAnother.lastIndexOf('.') + 1), signed, signed + "AAAA",
            ofAnother.substring(0, ofAnother.lastIndexOf('.')) + token.substring(token.lastIndexOf('.')))) {
            assertThat(get("/things/whoami", "Authorization: Bearer " + tampered).status()).isEqualTo(401);
        }
        assertThat(get("/things/whoami", "Authorization: Bearer " + token).status()).isEqualTo(200);
    }

    @Test
    void aTokenThatEndsWhileItIsRememberedIsRefusedAtItsEnd() throws IOException {
        String token = SignedTokens.endingIn(Duration.ofSeconds(3), "olivia", "operator");
        assertThat(get("/things/whoami", "Authorization: Bearer " + token).status()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20)).until(() -> get("/things/whoami", "Authorization: Bearer " + token).status() == 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres-refuses-connections", "postgres-not-there", "postgres-shuts-down", "kafka-does-not-answer"})
    void whatIsAwayIsAnAnswerThatSaysWhenToComeBack(String how) throws IOException {
        Raw answer = get("/things/failing/" + how);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.head()).containsIgnoringCase("retry-after: ");
        assertThat(problem(answer).get("rule").asText()).isEqualTo("unavailable");
    }

    @Test
    void aValueThatTheDatabaseRefusesIsTheCallersAffair() throws IOException {
        Raw answer = get("/things/failing/postgres-refuses-the-value");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(problem(answer).get("rule").asText()).isEqualTo("invalid-value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres-knows-no-such-table", "json-of-ours", "anything"})
    void anErrorOfOursNamesAnIncidentAndNothingElse(String how) throws IOException {
        Raw answer = get("/things/failing/" + how);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(problem(answer).get("detail").asText()).matches("the request failed; the log has it as incident [0-9a-f-]{36}");
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void writesAreRefusedWhileKafkaIsAwayAndReadsAreNot() throws IOException {
        failures.setAway("Kafka");
        Raw write = post("{\"name\":\"x\"}");
        assertThat(write.status()).isEqualTo(503);
        assertThat(write.head()).containsIgnoringCase("retry-after: 2");
        assertThat(problem(write).get("detail").asText()).startsWith("Kafka cannot be reached");
        assertThat(get("/things").status()).isEqualTo(200);
        failures.setAway();
        assertThat(post("{\"name\":\"x\"}").status()).isEqualTo(200);
    }

    private Raw get(String target, String... headers) throws IOException {
        return Raw.get(url.getPort(), target, headers);
    }

    private Raw post(String body) throws IOException {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return send("POST", "/things", "Content-Type: application/json\r\nContent-Length: " + length + "\r\n", body);
    }

    private Raw send(String method, String target, String headers, String body) throws IOException {
        return Raw.exchange(url.getPort(), method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n" + body);
    }

    private static JsonNode json(Raw answer) throws IOException {
        assertThat(answer.head()).containsIgnoringCase("content-type: application/json");
        return new JsonMapper().readTree(answer.body());
    }

    private static JsonNode problem(Raw answer) throws IOException {
        assertThat(answer.head()).containsIgnoringCase("content-type: application/problem+json");
        assertNothingLeaks(answer);
        JsonNode problem = new JsonMapper().readTree(answer.body());
        assertThat(problem.get("status").asInt()).isEqualTo(answer.status());
        assertThat(problem.get("type").asText()).isEqualTo("https://postern.dev/problems/" + problem.get("rule").asText());
        assertThat(problem.get("title").asText()).isNotBlank();
        assertThat(problem.get("detail").asText()).isNotBlank();
        return problem;
    }

    private static void assertNothingLeaks(Raw answer) {
        assertThat(answer.body()).doesNotContain("Exception", "\tat ", "java.", "io.vertx", "<html");
    }
}
