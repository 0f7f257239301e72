// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LinkRewriterTest {
    private static final String GATEWAY = "http://gateway.test";
    private static final ProviderLinks LINKS = new ProviderLinks("127.0.0.1:8090", GATEWAY);

    @TestFactory
    Stream<DynamicTest> linksLeadToTheGatewayWhereverThePartsAreCut() {
        return Stream.of(
            "{\"links\":{\"pages\":{\"last\":\"https://api.digitalocean.com/v2/x?page=3\",\"next\":\"http://127.0.0.1:8090/v2/x?page=2\"}}}"
                + " -> {\"links\":{\"pages\":{\"last\":\"http://gateway.test/v2/x?page=3\",\"next\":\"http://gateway.test/v2/x?page=2\"}}}",
            "[ \"HTTPS://API.digitalocean.com:443/v2/x\" , \"https://api.digitalocean.com\" ] -> [ \"http://gateway.test/v2/x\" , \"http://gateway.test\" ]",
            "{\"href\" : \"http://elsewhere.invalid/v2/actions/7\"} -> {\"href\" : \"http://gateway.test/v2/actions/7\"}",
            "{\"actions\":[{\"href\":\"https:\\/\\/api.digitalocean.com\\/v2\\/x\"}]} -> {\"actions\":[{\"href\":\"http://gateway.test/v2/x\"}]}",
            "{\"a\":\"\\u0068ttps://api.digitalocean.com/v2/\\u00e9\\\"\"} -> {\"a\":\"http://gateway.test/v2/\u00e9\\\"\"}",
            "{\"next\":\"//api.digitalocean.com/v2/x?page=2\",\"a\":[\"\\/\\/127.0.0.1:8090\\/v2\\/y\"]} -> {\"next\":\"http://gateway.test/v2/x?page=2\",\"a\":[\"http://gateway.test/v2/y\"]}",
            "{\"href\":\"//elsewhere.invalid/v2/actions/7\"} -> {\"href\":\"http://gateway.test/v2/actions/7\"}",
            "{\"a\":\"https://user:word@api.digitalocean.com/v2/x\"} -> {\"a\":\"http://gateway.test/v2/x\"}",
            "{\"first\":\"https//api.digitalocean.com/v2/monitoring/alerts?page=1\"} -> {\"first\":\"http://gateway.test/v2/monitoring/alerts?page=1\"}")
            .map(line -> {
                String[] both = line.split(" -> ");
                return DynamicTest.dynamicTest(both[0], () -> {
                    assertThat(LinkRewriter.whole(LINKS, Buffer.buffer(both[0]))).hasToString(both[1]);
                    byte[] bytes = both[0].getBytes(StandardCharsets.UTF_8);
                    for (int cut = 0; cut <= bytes.length; cut++) {
                        for (int other = cut; other <= bytes.length; other += 7) {
                            assertThat(inParts(bytes, cut, other)).isEqualTo(both[1]);
                        }
                    }
                });
            });
    }

    @Test
    void everythingElseStaysAsItIsByteForByte() {
        for (String answer : new String[] {
            "{\"n\":1.50e+2, \"callback\":\"https://example.com/v2/hook\",\"next\":\"https://example.com/other\",\"text\":\"see https://api.digitalocean.com/v2\"}",
            "{\"href\":\"http\",\"next\":\"\",\"prev\":\"https://\",\"a\":\"https://api.digitalocean.com.example/v2/x\",\"b\":\"\\\\\",\"\u00e9\":\"\u20ac\"}",
            "no JSON at all: https://api.digitalocean.com/",
            "{\"a\":\"/v2/x\",\"b\":\"/\",\"c\":\"// a comment\",\"d\":\"//\",\"next\":\"/v2/x?page=2\",\"e\":\"///v2\"}",
            "\"https://api.digitalocean.com/v2/cut off", "", "{\"a\":\"" + "http".repeat(5_000) + "\"}"}) {
            assertThat(LinkRewriter.whole(LINKS, Buffer.buffer(answer))).hasToString(answer);
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            for (int cut = 0; cut <= Math.min(bytes.length, 200); cut++) {
                assertThat(inParts(bytes, cut, Math.min(bytes.length, cut + 3))).isEqualTo(answer);
            }
        }
    }

    @Test
    void headersAreRewritten() {
        assertThat(LINKS.inHeader("https://api.digitalocean.com/v2/droplets/7")).isEqualTo(GATEWAY + "/v2/droplets/7");
        assertThat(LINKS.inHeader("<https://api.digitalocean.com/v2/x?page=2>; rel=\"next\", </v2/x>; rel=\"self\""))
            .isEqualTo("<" + GATEWAY + "/v2/x?page=2>; rel=\"next\", </v2/x>; rel=\"self\"");
        assertThat(LINKS.inHeader("//api.digitalocean.com/v2/x")).isEqualTo(GATEWAY + "/v2/x");
        assertThat(LINKS.inHeader("/v2/x")).isEqualTo("/v2/x");
    }

    private static String inParts(byte[] bytes, int cut, int other) {
        LinkRewriter rewriter = new LinkRewriter(LINKS);
        Buffer all = Buffer.buffer();
        all.appendBuffer(rewriter.next(Arrays.copyOfRange(bytes, 0, cut)));
        all.appendBuffer(rewriter.next(Arrays.copyOfRange(bytes, cut, other)));
        all.appendBuffer(rewriter.next(Arrays.copyOfRange(bytes, other, bytes.length)));
        return all.appendBuffer(rewriter.end()).toString();
    }
}
