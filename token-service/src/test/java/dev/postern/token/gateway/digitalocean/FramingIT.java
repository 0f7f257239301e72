// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that two servers could cut in two ways, with a token that would open them: over raw sockets. */
class FramingIT {
    private static final String BODY = "{\"public_key\":\"x\"}";
    private static OpenGateway gateway;
    private static String token;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
        token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:account:*"), List.of("account:read"), Optional.empty()),
            new DigitalOceanApi(new ResourceName("do:ssh_key:*"), List.of("ssh_key:create", "ssh_key:read"), Optional.empty())));
    }

    @AfterAll
    static void close() throws Exception {
        gateway.watch().check("FramingIT");
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.upstream.forget();
    }

    @Test
    void aCleanRequestPasses() {
        assertThat(RawCall.send(gateway.port(), get("")).status()).isEqualTo(200);
        assertThat(RawCall.send(gateway.port(), post("Content-Length: " + BODY.length() + "\r\n", BODY))).extracting(RawCall::body, RawCall::status)
            .containsExactly("{\"ok\":true}", 200);
        assertThat(RawCall
            .send(gateway.port(),
                post("Transfer-Encoding: chunked\r\n",
                    "5\r\n" + BODY.substring(0, 5) + "\r\n" + Integer.toHexString(BODY.length() - 5) + "\r\n" + BODY.substring(5) + "\r\n0\r\n\r\n"))
            .status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).hasSize(3)
            .allSatisfy(call -> assertThat(call.headers().get("authorization")).isEqualTo("Bearer " + RecordingUpstream.CREDENTIAL));
        assertThat(gateway.upstream.arrived().get(2).body()).isEqualTo(BODY);
        assertThat(gateway.upstream.arrived().get(2).headers()).doesNotContainKey("transfer-encoding");
    }

    @Test
    void ambiguousFramingIsRefusedAndNothingArrives() {
        Map<String, String> cases = cases();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(60);
        List<String> wrong = new ArrayList<>();
        cases.forEach((name, bytes) -> {
            RawCall answer = RawCall.send(gateway.port(), bytes);
            boolean shaped = answer.body().startsWith("{\"id\":\"bad_request\",\"message\":\"") && "close".equals(answer.header("connection"));
            if (answer.status() != 400 && answer.status() != 414 && answer.status() != 431 || answer.status() == 400 && !shaped) {
                wrong.add(name + ": " + answer);
            }
            gateway.upstream.arrived().forEach(call -> wrong.add(name + " arrived as " + call.method() + " " + call.uri() + " " + call.body()));
            gateway.upstream.forget();
        });
        System.out.println(cases.size() + " framing cases");
        assertThat(wrong).isEmpty();
    }

    @Test
    void pipelinedRequestIsAnsweredInOrderAndJudgedByItself() {
        RawCall two = RawCall.send(gateway.port(), "GET /v2/account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n" + get(""));
        assertThat(two.status()).isEqualTo(200);
        RawCall bad = RawCall.send(gateway.port(), post("Content-Length: " + BODY.length() + "\r\n", BODY + "GET /v2/../x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .replace("Connection: close\r\n", ""));
        assertThat(bad.status()).isEqualTo(200);
        assertThat(gateway.upstream.arrived()).allSatisfy(call -> assertThat(call.uri()).matches("/v2/account(/keys)?"));
    }

    @Test
    void aBadChunkInTheMiddleIsRefusedAndNothingArrives() {
        RawCall answer = RawCall.send(gateway.port(),
            post("Transfer-Encoding: chunked\r\n", "5\r\n" + BODY.substring(0, 5) + "\r\n7;a=\"\r\n\"\r\n" + BODY.substring(5)
                + "\r\n0\r\n\r\n"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("postern-rule")).isEqualTo("chunk-extension");
        assertThat(gateway.upstream.arrived()).isEmpty();
    }

    private static Map<String, String> cases() {
        Map<String, String> cases = new LinkedHashMap<>();
        String auth = "Authorization: Bearer " + token + "\r\n";
        String rest = " HTTP/1.1\r\nHost: localhost\r\n" + auth + "\r\n";
        for (String line : List.of("GET  /v2/account", " GET /v2/account", "GET\t/v2/account", "GET /v2/account ", "GET", "GET /v2/account x",
            "get /v2/account",
            "G\u0000T /v2/account", "TRACE /v2/account", "CONNECT /v2/account", "CONNECT localhost:80", "OPTIONS *", "PROPFIND /v2/account", "GET *",
            "GET http://localhost/v2/account", "GET //localhost/v2/account", "GET v2/account", "GET /v2/account\u000b", "PRI *", "GET /v2/account\u0000")) {
            cases.put("request line " + line, line + rest);
        }
        for (String version : List.of("HTTP/0.9", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/1.1 ", "http/1.1", "HTTP/1.1x", "HTTP /1.1", "HTTP/01.1")) {
            cases.put("version " + version, "GET /v2/account " + version + "\r\nHost: localhost\r\n" + auth + "\r\n");
        }
        cases.put("no version", "GET /v2/account\r\nHost: localhost\r\n" + auth + "\r\n");
        cases.put("bare line feeds", get("").replace("\r\n", "\n"));
        cases.put("one bare line feed", "GET /v2/account HTTP/1.1\nHost: localhost\r\n" + auth + "\r\n");
        cases.put("bare line feed at the end", "GET /v2/account HTTP/1.1\r\nHost: localhost\r\n" + auth + "\n");
        cases.put("bare carriage return", "GET /v2/account HTTP/1.1\r\nHost: localhost\r\nX: a\rY: b\r\n" + auth + "\r\n");
        cases.put("two carriage returns", "GET /v2/account HTTP/1.1\r\nHost: localhost\r\r\n" + auth + "\r\n");
        cases.put("empty line before", "\r\n" + get(""));
        cases.put("line feed before", "\n" + get(""));
        cases.put("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");
        cases.put("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        cases.put("long head", get("X: " + "a".repeat(20_000) + "\r\n"));
        cases.put("endless head", "GET /v2/account HTTP/1.1\r\n" + "a".repeat(40_000));
        int n = BODY.length();
        for (String lengths : List.of("Content-Length: +" + n, "Content-Length: -1", "Content-Length: 0x" + Integer.toHexString(n),
            "Content-Length: " + n + ", " + n,
            "Content-Length: " + n + "," + (n - 1), "Content-Length: " + n + "\r\nContent-Length: " + n, "Content-Length: " + n + "\r\ncontent-length: 0",
            "Content-Length:",
            "Content-Length: " + n + " " + n, "Content-Length: 99999999999999999999", "Content-Length: a", "Content-Length: " + n + ";x",
            "Content_Length: " + n,
            "Content-Length : " + n, "Content-Length: " + n + "\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: " + n,
            "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: Chunked", "Transfer-Encoding: \"chunked\"", "Transfer_Encoding: chunked",
            "Transfer-Encoding: chunked\u0000", "X: y\r\n Content-Length: " + n, "Transfer-Encoding: identity\r\nContent-Length: " + n)) {
            cases.put(lengths.replace("\r\n", " and "), post(lengths + "\r\n", BODY));
        }
        chunks().forEach((name, body) -> cases.put("chunks: " + name, post("Transfer-Encoding: chunked\r\n", body)));
        return cases;
    }

    private static Map<String, String> chunks() {
        Map<String, String> chunks = new LinkedHashMap<>();
        String size = Integer.toHexString(BODY.length());
        chunks.put("extension", size + ";a=b\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("extension with a line feed", size + ";a\nb\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("extension with a quoted line end", size + ";a=\"\r\n\"\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("extension of the last chunk", size + "\r\n" + BODY + "\r\n0;a\r\n\r\n");
        chunks.put("blank behind the length", size + " \r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("blank before the length", " " + size + "\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("bare line feed", size + "\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("bare line feed behind the data", size + "\r\n" + BODY + "\n0\r\n\r\n");
        chunks.put("bare carriage return", size + "\r" + BODY + "\r\n0\r\n\r\n");
        chunks.put("0x", "0x" + size + "\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("negative", "-1\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("plus", "+" + size + "\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("huge", "ffffffffffffffff\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("wraps around", "100000000" + size + "\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("no digits", "\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("not hexadecimal", "zz\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("longer than said", "2\r\n" + BODY + "\r\n0\r\n\r\n");
        chunks.put("trailers", size + "\r\n" + BODY + "\r\n0\r\nAuthorization: Bearer x\r\n\r\n");
        chunks.put("line feed at the end", size + "\r\n" + BODY + "\r\n0\r\n\n");
        chunks.put("null byte", size + "\u0000\r\n" + BODY + "\r\n0\r\n\r\n");
        return chunks;
    }

    private static String get(String headers) {
        return "GET /v2/account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n" + headers + "\r\n";
    }

    private static String post(String headers, String body) {
        return "POST /v2/account/keys HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
            + "\r\nConnection: close\r\nContent-Type: application/json\r\n" + headers
            + "\r\n" + body;
    }
}
