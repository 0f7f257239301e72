// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Generates HTTP/1.1 requests, most of them sound, each with a chance of what parsers are known to disagree about. Characters are bytes (ISO 8859-1). */
final class GeneratedRequests {
    private GeneratedRequests() {}

    /** Returns one request, of which about half are accepted. */
    static Arbitrary<String> any() {
        Arbitrary<String> methods = weighted(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"), List.of("get", "OPTIONS", "TRACE", "GE\u0000T"));
        Arbitrary<String> pieces = weighted(List.of("v2", "/a", "%41", "%C3%A9", "?", "&", "=", "+", "a=b", ":", "@", "%20", "~", "*", "!"),
            List.of("/", "%2e", "..", ".", "%2F", ";", "#", "\\", "\u00e9"));
        Arbitrary<String> targets = pieces.list().ofMaxSize(6).map(all -> "/v2/x" + String.join("", all));
        Arbitrary<String> ends = weighted(List.of("\r\n", "\r\n", "\r\n"), List.of("\n", "\r", " \r\n", "\r\r\n", "\r\n "));
        Arbitrary<String> lines = Combinators.combine(weighted(
            List.of("Accept: */*", "X:", "X: a b\t", "X:\ta", "x-y: 1", "X-Y: 2", "User-Agent: a", "User-Agent: b",
                "User_Agent: c", "Connection: close", "Connection: keep-alive", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "Expect: 100-continue",
                "TE: trailers",
                "Content-Type: application/json", "Content-Encoding: identity", "Cookie: a=b; c=d", "Cookie: e", "X: \u00e9", "If-Match: \"1\"",
                "Range: bytes=0-1"),
            List.of("X : a", "X", ": a", "X: a\u0000", "Content_Length: 3", "Content-Length : 3", "Host: other", "Transfer-Encoding : chunked",
                "Content-Length: 0",
                "Transfer-Encoding:\u000bchunked", "Transfer-Encoding: identity", "\tX: a", "X: a\u007f")),
            ends).as((line, end) -> line + end);
        return Combinators.combine(methods, targets, ends, lines.list().ofMaxSize(4), bodies())
            .as((method, target, end, headers, body) -> method + " " + target + " HTTP/1.1" + end + "Host: localhost\r\n" + String.join("", headers) + body);
    }

    private static Arbitrary<String> bodies() {
        Arbitrary<String> texts = Arbitraries.of("", "a", "{\"a\":1}", "0\r\n\r\n", "GET /v2/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u00ff\u0000\r\n");
        Arbitrary<String> sized = texts.map(text -> "Content-Length: " + text.length() + "\r\n\r\n" + text);
        Arbitrary<String> oddlySized = Combinators.combine(texts, Arbitraries.of("+", "0", "00", " ", "-", "0x", ","))
            .as((text, odd) -> "Content-Length: " + odd + text.length() + "\r\n\r\n" + text);
        Arbitrary<String> chunks = Combinators
            .combine(texts.filter(text -> !text.isEmpty()), Arbitraries.frequency(Tuple.of(30, "%x\r\n"), Tuple.of(5, "%X\r\n"),
                Tuple.of(5, "0%x\r\n"), Tuple.of(1, "%x;a=b\r\n"), Tuple.of(1, "%x \r\n"), Tuple.of(1, "%x\n"), Tuple.of(1, "+%x\r\n")))
            .as((text, form) -> String.format(Locale.ROOT, form, text.length()) + text + "\r\n");
        Arbitrary<String> lasts = Arbitraries.frequency(Tuple.of(20, "0\r\n\r\n"), Tuple.of(3, "000\r\n\r\n"), Tuple.of(1, "0\r\nX: a\r\n\r\n"),
            Tuple.of(1, "0\n\n"));
        Arbitrary<String> chunked = Combinators.combine(Arbitraries.frequency(Tuple.of(20, "chunked"), Tuple.of(1, "Chunked"), Tuple.of(1, "chunked, chunked")),
            chunks.list().ofMaxSize(3), lasts).as((coding, parts, last) -> "Transfer-Encoding: " + coding + "\r\n\r\n" + String.join("", parts) + last);
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.just("\r\n")), Tuple.of(4, sized), Tuple.of(1, oddlySized), Tuple.of(5, chunked));
    }

    private static Arbitrary<String> weighted(List<String> good, List<String> odd) {
        return Arbitraries.frequencyOf(Tuple.of(40, Arbitraries.of(good)), Tuple.of(1, Arbitraries.of(odd)));
    }
}
