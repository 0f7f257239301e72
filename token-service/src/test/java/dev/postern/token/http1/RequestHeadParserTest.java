// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RequestHeadParserTest {
    private static final Set<String> HOSTS = Set.of("localhost", "[::1]");
    private static final String GET = "GET /v2/account HTTP/1.1\r\n";
    private static final String HOST = "Host: localhost:8080\r\n";

    @Test
    void aPlainRequestIsRead() {
        RequestHead head = (RequestHead) read(GET + HOST + "Authorization: Bearer x\r\nAccept:  a b \t\r\nConnection: Keep-Alive\r\n\r\n");
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.authorization()).isEqualTo("Bearer x");
        assertThat(head.header("accept")).isEqualTo("a b");
        assertThat(head.hasBody()).isFalse();
    }

    @Test
    void lengthsAreReadWhereTheyAreClear() {
        RequestHead sized = (RequestHead) read("POST /v2/x HTTP/1.1\r\nhost: [::1]\r\ncontent-length: 17\r\nexpect: 100-continue\r\n\r\n");
        assertThat(sized.contentLength()).isEqualTo(17);
        assertThat(sized.expectsContinue()).isTrue();
        assertThat(((RequestHead) read("POST /v2/x HTTP/1.1\r\nHOST: LOCALHOST\r\ntransfer-encoding: chunked\r\n\r\n")).chunked()).isTrue();
    }

    /** do-wrapper sends it with every call. Headers that say where a message ends or whose it is are refused in that spelling. */
    @Test
    void aContentTypeWithAnUnderscoreIsNoContentType() {
        RequestHead head = (RequestHead) read("POST /v2/x HTTP/1.1\r\nhost: localhost\r\ncontent_type: text/plain\r\ncontent-length: 2\r\n\r\n");
        assertThat(head.header("content-type")).isNull();
    }

    @TestFactory
    Stream<DynamicTest> whatClientsWriteByHabitIsIgnored() {
        return Stream
            .of("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Connection: keep-alive, upgrade\r\nUpgrade: H2C",
                "Connection: Upgrade\r\nUpgrade: TLS/1.2", "HTTP2-Settings: AAMAAABkAAQAAP__", "X-Client: J\u00c3\u00bcrgen", "User-Agent: a\r\nUser-Agent: b",
                "User_Agent: x",
                "X_Anything.at-all!: x", "TE: trailers\r\nTE: deflate", "Content-Type: application/json\r\nContent-Type: application/json",
                "Expect: 100-Continue", "X:")
            .map(lines -> DynamicTest.dynamicTest(lines.replaceAll("\\p{Cntrl}+", "|"),
                () -> assertThat(read(GET + HOST + lines + "\r\n\r\n")).isInstanceOf(RequestHead.class)));
    }

    @TestFactory
    Stream<DynamicTest> whatCouldBeReadInTwoWaysIsRefused() {
        return Stream.of(
            refused("method", "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + "\r\n"), refused("method", "TRACE /v2/x HTTP/1.1\r\n" + HOST + "\r\n"),
            refused("method", "get /v2/x HTTP/1.1\r\n" + HOST + "\r\n"), refused("method", "PRI * HTTP/2.0\r\n\r\n"),
            refused("version", "GET /v2/x HTTP/1.0\r\n" + HOST + "\r\n"), refused("version", "GET /v2/x HTTP/1.1.\r\n" + HOST + "\r\n"),
            refused("version", "GET /v2/x http/1.1\r\n" + HOST + "\r\n"), refused("request-line", "GET  /v2/x HTTP/1.1\r\n" + HOST + "\r\n"),
            refused("request-line", "GET /v2/x\r\n" + HOST + "\r\n"), refused("request-line", " GET /v2/x HTTP/1.1\r\n" + HOST + "\r\n"),
            refused("request-line", "GET /v2/x y HTTP/1.1\r\n" + HOST + "\r\n"), refused("empty-line", "\r\n" + GET + HOST + "\r\n"),
            refused("host", GET + "\r\n"), refused("host", GET + "Host: elsewhere\r\n\r\n"), refused("host", GET + "Host: localhost:80:80\r\n\r\n"),
            refused("host", GET + "Host: localhost@elsewhere\r\n\r\n"), refused("host", GET + "Host: localhost:\r\n\r\n"),
            refused("host", GET + "Host:\r\n\r\n"),
            refused("duplicate-header", GET + HOST + HOST + "\r\n"), refused("duplicate-header", GET + HOST + "host: elsewhere\r\n\r\n"),
            refused("duplicate-header", GET + HOST + "Authorization: a\r\nauthorization: b\r\n\r\n"),
            refused("duplicate-header", GET + HOST + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            refused("content-length", GET + HOST + "Content-Length: 1, 1\r\n\r\n"), refused("content-length", GET + HOST + "Content-Length: +1\r\n\r\n"),
            refused("content-length", GET + HOST + "Content-Length: -1\r\n\r\n"), refused("content-length", GET + HOST + "Content-Length: 0x1\r\n\r\n"),
            refused("content-length", GET + HOST + "Content-Length:\r\n\r\n"), refused("content-length", GET + HOST + "Content-Length: 1 2\r\n\r\n"),
            refused("content-length", GET + HOST + "Content-Length: 9999999999999999\r\n\r\n"),
            refused("transfer-encoding", GET + HOST + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
            refused("transfer-encoding", GET + HOST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            refused("transfer-encoding", GET + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
            refused("transfer-encoding", GET + HOST + "Transfer-Encoding: Chunked\r\n\r\n"),
            refused("transfer-encoding", GET + HOST + "Transfer-Encoding: x\r\n\r\n"),
            refused("duplicate-header", GET + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
            refused("folded-header", GET + HOST + "X: a\r\n b\r\n\r\n"), refused("folded-header", GET + HOST + "X: a\r\n\tb: c\r\n\r\n"),
            refused("folded-header", GET + " X: a\r\n" + HOST + "\r\n"),
            refused("header-name", GET + HOST + "X : a\r\n\r\n"), refused("header-name", GET + HOST + ": a\r\n\r\n"),
            refused("header-name", GET + HOST + "X\r\n\r\n"),
            refused("header-name", GET + HOST + "X(y): a\r\n\r\n"), refused("header-name", GET + HOST + "Content_Length: 1\r\n\r\n"),
            refused("header-name", GET + HOST + "Transfer\u000b-Encoding: chunked\r\n\r\n"),
            refused("header-value", GET + HOST + "X: a\u0000b\r\n\r\n"), refused("header-value", GET + HOST + "X: a\u007fb\r\n\r\n"),
            refused("header-value", GET + HOST + "Authorization: Bearer \u00e9\r\n\r\n"), refused("header-value", GET + HOST + "X: a\rb\r\n\r\n"),
            refused("header-value", GET + HOST + "Content_Length: \u00e9\r\n\r\n"), refused("header-value", GET + HOST + "X-Original-URL: \u00e9\r\n\r\n"),
            refused("header-value", GET + HOST + "X: a\nY: b\r\n\r\n"),
            refused("upgrade", GET + HOST + "Upgrade: websocket\r\n\r\n"),
            refused("upgrade", GET + HOST + "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n"),
            refused("duplicate-header", GET + HOST + "Content-Type: a\r\nContent-Type: b\r\n\r\n"),
            refused("nominated-header", GET + HOST + "Connection: close, Authorization\r\n\r\n"),
            refused("nominated-header", GET + HOST + "Connection: x\r\n\r\n"),
            refused("nominated-header", GET + HOST + "Connection: ,x\r\n\r\n"), refused("nominated-header", GET + HOST + "Proxy-Connection: Cookie\r\n\r\n"),
            refused("method-override", GET + HOST + "X-HTTP-Method-Override: DELETE\r\n\r\n"),
            refused("method-override", GET + HOST + "x_http_method: PUT\r\n\r\n"),
            refused("method-override", GET + HOST + "X-Method-Override: PUT\r\n\r\n"),
            refused("original-url", GET + HOST + "X-Original-URL: /v2/droplets\r\n\r\n"),
            refused("original-url", GET + HOST + "X-Rewrite-URL: /v2/droplets\r\n\r\n"), refused("original-url", GET + HOST + "X_Original_URL: /\r\n\r\n"),
            refused("expect", GET + HOST + "Expect: 200-ok\r\n\r\n"),
            refused("many-headers", GET + HOST + "X: y\r\n".repeat(RequestHeadParser.HEADERS_MAX) + "\r\n"),
            refused("dot-segment", "GET /v2/../x HTTP/1.1\r\n" + HOST + "\r\n"));
    }

    private static DynamicTest refused(String rule, String head) {
        return DynamicTest.dynamicTest(rule + ": " + head.substring(0, Math.min(100, head.length())).replaceAll("\\p{Cntrl}+", "|"), () -> {
            ParsedHead reading = read(head);
            assertThat(reading).isInstanceOf(Refusal.class);
            assertThat(((Refusal) reading).rule()).isEqualTo(rule);
        });
    }

    private static ParsedHead read(String head) {
        return RequestHeadParser.read(head.getBytes(StandardCharsets.ISO_8859_1), HOSTS);
    }
}
