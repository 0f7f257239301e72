// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Operation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Harmless additions of real clients are dropped, and the provider gets the plain call. */
class ClientHabitsIT {
    private static final String ID = "11111";
    private static OpenGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
    }

    @AfterAll
    static void close() throws Exception {
        gateway.watch().check("ClientHabitsIT");
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.upstream.forget();
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"ok\":true}"));
    }

    /** certbot writes one behind every path. */
    @Test
    void oneSlashBehindThePathOfAnyOperationIsTheSameResource() {
        List<String> wrong = new ArrayList<>();
        for (Operation operation : gateway.operations.all()) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), CallsOf.answer(operation, ID)));
            String token = gateway.tokens.live(GrantsOf.covering(operation, ID));
            String plain = new String(CallsOf.bytes(operation, ID, token, CallsOf.requiredBody(operation, ID)), java.nio.charset.StandardCharsets.UTF_8);
            int end = Math.min(plain.indexOf(" HTTP"), plain.indexOf('?') < 0 ? Integer.MAX_VALUE : plain.indexOf('?'));
            int expected = RawCall.send(gateway.port(), plain).status();
            List<RecordingUpstream.Arrived> arrived = List.copyOf(gateway.upstream.arrived());
            gateway.upstream.forget();
            int status = RawCall.send(gateway.port(), plain.substring(0, end) + "/" + plain.substring(end)).status();
            if (status != expected || !gateway.upstream.arrived().equals(arrived)) {
                wrong.add(operation.id() + ": " + status + " in the place of " + expected + ", " + gateway.upstream.arrived());
            }
            gateway.upstream.forget();
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void bodyThatSaysNothingIsReadAndDroppedWhereNoneBelongs() {
        String token = domains();
        List<String> wrong = new ArrayList<>();
        for (String type : List.of("", "Content-Type: application/json\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: text/plain\r\n")) {
            for (String body : List.of("", "{}", " { } ", "[]", "null", "\"\"", "  \r\n", "{\n}")) {
                for (String call : List.of("DELETE /v2/domains/shop.example/records/7", "GET /v2/domains/shop.example")) {
                    for (String sent : List.of("Content-Length: " + body.length() + "\r\n\r\n" + body,
                        "Transfer-Encoding: chunked\r\n\r\n" + (body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n")
                            + "0\r\n\r\n")) {
                        RawCall answer = RawCall.send(gateway.port(), call + head(token) + type + sent);
                        if (answer.status() != 200) {
                            wrong.add(call + " " + type + sent + ": " + answer);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(gateway.upstream.arrived()).hasSize(4 * 8 * 2 * 2).allSatisfy(call -> {
            assertThat(call.bodyBytes()).isZero();
            assertThat(call.headers()).doesNotContainKeys("content-type", "transfer-encoding");
        });
    }

    @Test
    void bodyThatSaysSomethingWhereNoneBelongsIsRefused() {
        String token = domains();
        for (String body : List.of("{\"a\":1}", "[{}]", "nul l", "nothing", "0", "false", "{}{}", "{},", "\u00ef\u00bb\u00bf{}", "{}\u0000",
            " ".repeat(2_000))) {
            RawCall answer = RawCall.send(gateway.port(),
                "DELETE /v2/domains/shop.example/records/7" + head(token) + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.header("postern-rule")).as(body).isEqualTo("unexpected-body");
        }
        RawCall trick = RawCall.send(gateway.port(),
            "DELETE /v2/domains/shop.example/records/7" + head(token) + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\n\r\n");
        assertThat(trick.header("postern-rule")).as("the framing is as strict as everywhere").isEqualTo("chunk-extension");
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    /** An ignored body is judged like an absent one: members that the operation needs are missing then, too. */
    @Test
    void bodyThatSaysNothingIsNoneWhereOneMayStand() {
        String token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:app:5"), List.of("app:update"), Optional.empty()),
            new DigitalOceanApi(new ResourceName("do:firewall:7"), List.of("firewall:update"), Optional.empty())));
        for (String body : List.of("null", "\"\"", "[]", " \r\n", "{}")) {
            RawCall answer = RawCall.send(gateway.port(),
                "POST /v2/apps/5/deployments" + head(token) + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(answer.status()).as(body).isEqualTo(200);
        }
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::body).containsExactly("", "", "", "", "{}");
        gateway.upstream.forget();
        for (String body : List.of("null", "[]", "{}")) {
            RawCall answer = RawCall.send(gateway.port(),
                "POST /v2/firewalls/7/tags" + head(token) + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(answer.status()).as(body).isEqualTo(403);
        }
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    @Test
    void refusedBodySaysWhere() {
        String body = "{\"type\":\"A\",\"data\":\"192.0.2.1\",\"x\":{\"data\":1,\"data\":2}}";
        RawCall twice = RawCall.send(gateway.port(), post(domains(), "Content-Type: application/json\r\n", body));
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("body /x/data: ").contains("only once");
    }

    /** The gateway needs JSON to filter an answer; some operations of the provider would answer in YAML. */
    @Test
    void answerThatIsReadHereIsAskedForAsJson() {
        String token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:app:5"), List.of("app:read"), Optional.empty())));
        assertThat(RawCall.send(gateway.port(), "GET /v2/apps/5" + head(token) + "Accept: application/yaml\r\n\r\n").status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).singleElement().satisfies(call -> assertThat(call.headers()).containsEntry("accept", "application/json"));
    }

    @Test
    void everyLinkInAHeaderThatIsRepeatedLeadsToTheGateway() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200,
            Map.of("Link", "<//api.digitalocean.com/v2/a>; rel=\"next\", <https://api.digitalocean.com/v2/b>; rel=\"last\"",
                "Location", "//api.digitalocean.com/v2/c"),
            "{}"));
        RawCall answer = RawCall.send(gateway.port(), "GET /v2/domains/shop.example" + head(domains()) + "\r\n");
        assertThat(answer.head()).doesNotContain("api.digitalocean.com").contains(OpenGateway.PUBLIC_URL + "/v2/a>", OpenGateway.PUBLIC_URL + "/v2/b>",
            OpenGateway.PUBLIC_URL + "/v2/c");
    }

    @Test
    void requestAfterADroppedBodyOnTheSameConnectionIsAnswered() {
        String token = domains();
        RawCall first = RawCall.send(gateway.port(),
            "DELETE /v2/domains/shop.example/records/7" + head(token).replace("Connection: close\r\n", "") + "Content-Length: 2\r\n\r\n{}"
                + "GET /v2/domains/shop.example" + head(token) + "\r\n");
        assertThat(first.status()).isEqualTo(200);
        org.awaitility.Awaitility.await().until(() -> gateway.upstream.arrived().size() == 2);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::method).containsExactly("DELETE", "GET");
    }

    @Test
    void pagingParametersAreDroppedWhereThereIsNoPaging() {
        String token = domains();
        assertThat(RawCall.send(gateway.port(), "GET /v2/domains/shop.example?page=1&per_page=200" + head(token) + "\r\n").status()).isEqualTo(200);
        assertThat(RawCall.send(gateway.port(), "GET /v2/domains/shop.example/records?per_page=200&page=2" + head(token) + "\r\n").status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::uri)
            .containsExactly("/v2/domains/shop.example", "/v2/domains/shop.example/records?per_page=200&page=2");
        gateway.upstream.forget();
        assertThat(RawCall.send(gateway.port(), "GET /v2/domains/shop.example/records?page=&&per_page=&type=A&" + head(token) + "\r\n").status())
            .isEqualTo(200);
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::uri).as("what says nothing")
            .containsExactly("/v2/domains/shop.example/records?type=A");
    }

    @Test
    void everySpellingOfJsonInUtf8IsAccepted() {
        String token = domains();
        String body = "{\"type\":\"A\",\"name\":\"www\",\"data\":\"203.0.113.7\"}";
        for (String type : List.of("application/json", "APPLICATION/JSON", "application/json; charset=UTF-8", "application/json;charset=utf8",
            "application/json ; charset=\"utf-8\"",
            "application/json;", "application/json; version=1")) {
            assertThat(RawCall.send(gateway.port(), post(token, "Content-Type: " + type + "\r\n", body)).status()).as(type).isEqualTo(200);
        }
        assertThat(gateway.upstream.arrived()).allSatisfy(call -> assertThat(call.headers()).containsEntry("content-type", "application/json"));
        gateway.upstream.forget();
        for (String type : List.of("application/json; charset=utf-16", "application/json; charset=", "text/json", "application/x-www-form-urlencoded",
            "application/jsonx", "json", ";")) {
            RawCall refused = RawCall.send(gateway.port(), post(token, "Content-Type: " + type + "\r\n", body));
            assertThat(refused.status()).as(type).isEqualTo(415);
            assertThat(refused.header("accept")).as("what is read").isEqualTo("application/json");
        }
        assertThat(RawCall.send(gateway.port(), post(token, "", body)).status()).as("no type").isEqualTo(415);
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    @Test
    void jdksHttpClientThatOffersHttp2IsAnswered() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create("http://localhost:" + gateway.port() + "/v2/domains/shop.example/"))
                .header("Authorization", "Bearer " + domains()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void slashesOfARepositoryNameAreEncodedAndStayItsOwn() {
        String token = gateway.tokens
            .live(List.of(new DigitalOceanApi(new ResourceName("do:repository:acme/shop/api"), List.of("registry:read"), Optional.empty())));
        assertThat(RawCall.send(gateway.port(), "GET /v2/registry/acme/repositories/shop%2fapi/tags" + head(token) + "\r\n").status()).isEqualTo(200);
        for (String other : List.of("shop%2Fapi2", "shop", "api", "shop%2Fapi%2Fx", "shop/api", "shop%252Fapi")) {
            assertThat(RawCall.send(gateway.port(), "GET /v2/registry/acme/repositories/" + other + "/tags" + head(token) + "\r\n").status()).as(other)
                .isIn(400, 403, 404);
        }
        assertThat(gateway.upstream.arrived()).extracting(RecordingUpstream.Arrived::uri).containsExactly("/v2/registry/acme/repositories/shop%2Fapi/tags");
    }

    @Test
    void headOfOneObjectIsAnsweredWithItsStatusAlone() {
        assertThat(RawCall.send(gateway.port(), "HEAD /v2/domains/shop.example" + head(domains()) + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void tokenInAPathIsInNoEvent() {
        String token = domains();
        gateway.resources.clear();
        RawCall refused = RawCall.send(gateway.port(), "DELETE /v2/domains/" + token + head(token) + "\r\n");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.head() + refused.body()).doesNotContain(token);
        assertThat(gateway.resources).isNotEmpty().allSatisfy(resource -> assertThat(resource.value()).isEqualTo("do:domain:pst_"));
    }

    private static String domains() {
        List<AuthorizationDetail> details = List
            .of(new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:read", "domain:update", "domain:delete"),
                Optional.empty()));
        return gateway.tokens.live(details);
    }

    private static String head(String token) {
        return " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n";
    }

    private static String post(String token, String headers, String body) {
        return "POST /v2/domains/shop.example/records" + head(token) + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
