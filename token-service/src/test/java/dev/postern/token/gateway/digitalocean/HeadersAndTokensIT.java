// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.status.TokenState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Headers that some server obeys, and texts that are almost a token: over raw sockets. */
class HeadersAndTokensIT {
    private static OpenGateway gateway;
    private static String token;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
        token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:account:*"), List.of("account:read"), Optional.empty())));
    }

    @AfterAll
    static void close() throws Exception {
        gateway.watch().check("HeadersAndTokensIT");
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.upstream.forget();
    }

    @Test
    void headersThatChangeMethodPathHostProtocolOrConnectionAreRefused() {
        List<String> lines = new ArrayList<>(
            List.of("X-HTTP-Method-Override: DELETE", "x-http-method: PUT", "X-Method-Override: DELETE", "X_HTTP_Method_Override: DELETE",
                "X-Original-URL: /v2/droplets", "X-Original-URI: /v2/droplets", "X-Rewrite-URL: /v2/droplets", "X_Rewrite_URL: /v2/droplets",
                "X-Forwarded-Uri: /v2/droplets",
                "X-Forwarded-Path: /v2/droplets", "X-Forwarded-Prefix: /v2", "X-Original-Path: /v2/droplets", "X-Envoy-Original-Path: /v2/droplets",
                "X-Override-URL: /v2/droplets",
                "X-Http-Path-Override: /v2", "X-Waws-Unencoded-Url: /v2", "Destination: /v2/droplets", "X-Host: elsewhere", "X-Original-Host: elsewhere",
                "X-Http-Host-Override: elsewhere", "Connection: Authorization", "Connection: close, X-Forwarded-For", "Connection: Content-Length",
                "Connection: Host",
                "Connection: ,Cookie", "Connection: Cookie, close", "Proxy-Connection: Authorization", "Upgrade: websocket", "Upgrade: TLS/1.0",
                "Upgrade: h2c, websocket",
                "Connection: Upgrade, Authorization\r\nUpgrade: h2c",
                "Host: elsewhere", "Host: localhost", "Authorization: Bearer x", "authorization: Bearer " + token, "Content-Type: a\r\nContent-Type: b",
                "Expect: 200-ok",
                "X: a\r\n b", "X: a\r\n\tHost: elsewhere", "X : a", "X\t: a", ": a", "X", "X(a): b", "X\u0000: a", "X: a\u0000", "Authorization: \u00ff",
                "X: a\u007f", "X: a\u0008b",
                "Transfer\u00ad-Encoding: chunked", "Authorization\u00a0: x"));
        assertThat(lines).hasSizeGreaterThanOrEqualTo(40);
        List<String> wrong = new ArrayList<>();
        for (String line : lines) {
            RawCall answer = RawCall.send(gateway.port(), call("localhost", line, token));
            if (answer.status() != 400 || !answer.body().startsWith("{\"id\":\"bad_request\",\"message\":\"")) {
                wrong.add(line + ": " + answer);
            }
        }
        for (String host : List.of("elsewhere", "localhost.elsewhere", "localhost@elsewhere", "localhost:x", "localhost:", "", "127.0.0.1", "localhost/x",
            "localhost, elsewhere",
            "localhost:80:80", "xlocalhost", "localhost.")) {
            RawCall answer = RawCall.send(gateway.port(), call(host, "Accept: a", token));
            if (answer.status() != 400) {
                wrong.add("host " + host + ": " + answer);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    @Test
    void onlyHeadersOfTheListGoOnAndNoneSaysWhoTheCallerIs() {
        RawCall.send(gateway.port(),
            call("localhost", "Accept: application/json\r\nCookie: a=b\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4"
                + "\r\nX-Forwarded-Host: elsewhere\r\nTE: trailers\r\nX-Anything: x\r\nUser-Agent: doctl/1.0", token));
        assertThat(gateway.upstream.arrived()).singleElement().satisfies(call -> {
            assertThat(call.headers()).containsOnlyKeys("accept", "authorization", "host", "user-agent");
            assertThat(call.headers().toString()).doesNotContain(token);
        });
    }

    @Test
    void headersOfTheProviderPassButHopByHopOnesAndCookies() {
        gateway.upstream
            .answers(call -> new RecordingUpstream.Reply(200, java.util.Map.of("ratelimit-remaining", "4999", "set-cookie", "a=b", "x-request-id", "r",
                "x-secret-hop", "h", "keep-alive", "timeout=5", "alt-svc", "h3", "connection", "x-secret-hop"), "{}"));
        RawCall answer = RawCall.send(gateway.port(), call("localhost", "Accept: a", token));
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, java.util.Map.of(), "{}"));
        assertThat(answer.header("ratelimit-remaining")).as("the account's, not the token's").isNull();
        assertThat(answer.header("x-request-id")).isEqualTo("r");
        assertThat(answer.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("set-cookie", "x-secret-hop", "alt-svc", "timeout=5");
    }

    @Test
    void redirectsAreNotFollowedAndLeadToTheGateway() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(302, java.util.Map.of("location", gateway.upstream.url() + "/v2/droplets/7"), "{}"));
        RawCall answer = RawCall.send(gateway.port(), call("localhost", "Accept: a", token));
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, java.util.Map.of(), "{}"));
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("location")).isEqualTo(OpenGateway.PUBLIC_URL + "/v2/droplets/7");
        assertThat(gateway.upstream.arrived()).hasSize(1);
    }

    @Test
    void almostATokenIsRefused() {
        List<String> almost = new ArrayList<>();
        String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (int at = 0; at < token.length(); at++) {
            for (int shift : new int[] {1, 7, 19, 31, 43, 59}) {
                char c = token.charAt(at);
                int index = Math.max(0, alphabet.indexOf(c));
                almost.add("Bearer " + token.substring(0, at) + alphabet.charAt((index + shift) % 62) + token.substring(at + 1));
            }
            almost.add("Bearer " + token.substring(0, at) + token.substring(at + 1));
            almost.add("Bearer " + token.substring(0, at));
        }
        for (int i = 0; i < 60; i++) {
            almost.add("Bearer " + KnownTokens.fresh().reveal());
        }
        almost.addAll(List.of("", "Bearer", "Bearer ", token, "Basic " + token, "Token " + token, "Bearer\t" + token,
            "Bearer \t" + token, "Bearer " + token + " ,x",
            "Bearer " + token + token, "Bearer " + token.toUpperCase(java.util.Locale.ROOT), "Bearer " + token + "=", "Bearer pst_", "Bearer \"" + token + "\"",
            "Bearer dop_v1_" + "0".repeat(64), "Bearer " + RecordingUpstream.CREDENTIAL, "Bearer " + "a".repeat(9_000), "Bearer null",
            "Bearer x, Bearer " + token,
            "Bearer " + token + "%00", "Bearer%20" + token));
        assertThat(almost).hasSizeGreaterThanOrEqualTo(500);
        almost.removeIf(text -> text.equals("Bearer " + token));
        List<String> wrong = new ArrayList<>();
        for (String text : almost) {
            RawCall answer = RawCall.send(gateway.port(),
                "GET /v2/account HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + text + "\r\nConnection: close\r\n\r\n");
            if (answer.status() != 401 || !answer.body().equals("{\"id\":\"unauthorized\",\"message\":\"Unable to authenticate you\"}")) {
                wrong.add(text.length() + " characters: " + answer);
            }
        }
        for (TokenState state : List.of(new TokenState.Expired(), new TokenState.Revoked(), new TokenState.Unknown())) {
            if (RawCall.send(gateway.port(), call("localhost", "Accept: a", gateway.tokens.with(state))).status() != 401) {
                wrong.add(state.toString());
            }
        }
        RawCall away = RawCall.send(gateway.port(), call("localhost", "Accept: a", gateway.tokens.with(new TokenState.Unavailable())));
        assertThat(away.status()).isEqualTo(503);
        assertThat(away.header("retry-after")).isEqualTo("2");
        assertThat(wrong).isEmpty();
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    @Test
    void offersOfOtherProtocolsAreIgnoredAndSpellingsOfTheSchemeAccepted() {
        for (String line : List.of("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            "Connection: Upgrade\r\nUpgrade: TLS/1.2",
            "Upgrade: h2c", "Connection: Upgrade", "Connection: ", "Connection: keep-alive, ,TE\r\nTE: trailers", "Prefer: respond-async",
            "Accept-Encoding: gzip, br",
            "X-Forwarded-Server: proxy.example", "X-Forwarded-Host: a.example", "Via: 1.1 proxy", "Content-Length: 0", "Content-Encoding: identity",
            "X-Client: \u00ff", "Content-Type: text/plain", "Expect: 100-continue", "Accept: */*;q=0.1, text/html")) {
            RawCall answer = RawCall.send(gateway.port(), call("localhost", line, token));
            assertThat(answer.status()).as(line).isEqualTo(200);
            assertThat(answer.head()).as(line).startsWith("HTTP/1.1 200");
        }
        for (String scheme : List.of("Bearer  ", "Bearer    ", "bearer ", "BEARER ", " Bearer  ")) {
            RawCall answer = RawCall.send(gateway.port(), "GET /v2/account HTTP/1.1\r\nHost: localhost\r\nAuthorization:" + scheme + token + "\r\n\r\n");
            assertThat(answer.status()).as(scheme).isEqualTo(200);
        }
        assertThat(gateway.upstream.arrived()).allSatisfy(call -> assertThat(call.headers()).containsKeys("authorization", "host")
            .doesNotContainKeys("upgrade", "http2-settings", "x-client", "content-type", "expect", "te", "accept-encoding", "via", "x-forwarded-server"));
    }

    @Test
    void refusalsCarryAnIdAndADate() throws Exception {
        List<RawCall> refusals = List.of(RawCall.send(gateway.port(), call("elsewhere", "Accept: a", token)),
            RawCall.send(gateway.port(), call("localhost", "Accept: a", KnownTokens.fresh().reveal())),
            RawCall.send(gateway.port(), call("localhost", "Accept: a", gateway.tokens.with(new TokenState.Unavailable()))),
            RawCall.send(gateway.port(), call("localhost", "Accept: a", token).replace("GET /v2/account", "DELETE /v2/droplets/7")));
        assertThat(refusals).extracting(RawCall::status).containsExactly(400, 401, 503, 403);
        for (RawCall refusal : refusals) {
            assertThat(refusal.header("x-request-id")).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            java.time.Instant date = java.time.ZonedDateTime.parse(refusal.header("date"), java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            assertThat(java.time.Duration.between(date, java.time.Instant.now())).isLessThan(java.time.Duration.ofSeconds(10));
        }
        assertThat(refusals).extracting(refusal -> refusal.header("x-request-id")).doesNotHaveDuplicates();
        assertThat(gateway.refusedIds).as("the id of the event").contains(refusals.get(3).header("x-request-id"));
    }

    private static String call(String host, String line, String token) {
        return "GET /v2/account HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer " + token + "\r\n" + line + "\r\n\r\n";
    }
}
