// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the head of an HTTP/1.1 request from its bytes (RFC 9112), in one way, or refuses it. It stands before any library: what a library would
 * merge, fold, trim or ignore is refused here, so that behind it there is nothing to disagree about.
 */
public final class RequestHeadParser {
    /** Bytes of a head. */
    public static final int BYTES_MAX = 16_384;
    static final int HEADERS_MAX = 100;
    /** Methods of the provider's API; everything else is refused, CONNECT and TRACE by name. */
    static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> METHOD_OVERRIDES = Set.of("x-http-method-override", "x-http-method", "x-method-override", "x-method",
        "http-method-override", "x-tunneled-method");
    private static final Set<String> ORIGINAL_URLS = Set.of("x-original-url", "x-original-uri", "x-original-path", "x-original-host", "x-rewrite-url",
        "x-rewrite-uri", "x-forwarded-uri", "x-forwarded-url", "x-forwarded-path", "x-forwarded-prefix", "x-override-url", "x-http-path-override",
        "x-envoy-original-path", "x-waws-unencoded-url", "x-proxy-url", "x-url-scheme", "request-uri", "base-url", "destination", "x-http-destinationurl",
        "x-host", "x-http-host-override");
    /** Options and hop-by-hop headers that Connection may name; all of them end here. */
    private static final Set<String> HOP_BY_HOP = Set.of("close", "keep-alive", "te", "trailer", "proxy-connection", "upgrade", "http2-settings");
    /**
     * Protocols that clients offer by habit with an ordinary request; the offer is ignored (RFC 9110 section 7.8). The JDK and curl offer h2c, Apache's
     * client TLS. A request for a WebSocket is no offer: its sender cannot use the answer.
     */
    private static final Set<String> OFFERS = Set.of("h2c", "h2", "tls/1.2", "tls/1.3");
    /** Headers that decide where a request ends, who sends it, and how its body is read. */
    private static final Set<String> ONCE = Set.of("host", "authorization", "content-length", "transfer-encoding", "content-type", "content-encoding",
        "expect", "connection");
    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private RequestHeadParser() {}

    /**
     * @param bytes from the first byte of the request line to the empty line, with it
     * @param hosts names that the gateway answers to, lower case
     */
    static ParsedHead read(byte[] bytes, Set<String> hosts) {
        String head = new String(bytes, StandardCharsets.ISO_8859_1);
        int lineEnd = head.indexOf("\r\n");
        if (lineEnd <= 0) {
            return Refusal.malformed("empty-line", "The request line is missing.");
        }
        int firstBlank = head.indexOf(' ');
        int lastBlank = head.lastIndexOf(' ', lineEnd);
        if (firstBlank <= 0 || firstBlank >= lineEnd || lastBlank <= firstBlank || head.substring(firstBlank + 1, lastBlank).indexOf(' ') >= 0) {
            return Refusal.malformed("request-line", "The request line must be method, target and version with one blank between them.");
        }
        String method = head.substring(0, firstBlank);
        if (method.equals("CONNECT") || method.equals("TRACE")) {
            return Refusal.malformed("method", "CONNECT and TRACE are not served.");
        }
        if (!METHODS.contains(method)) {
            return Refusal.malformed("method", "The method is not served.");
        }
        if (!head.regionMatches(lastBlank + 1, "HTTP/1.1", 0, lineEnd - lastBlank - 1) || lineEnd - lastBlank - 1 != 8) {
            return Refusal.malformed("version", "Only HTTP/1.1 is spoken here.");
        }
        ParsedTarget target = RequestTargetParser.read(head.substring(firstBlank + 1, lastBlank));
        if (target instanceof Refusal refusal) {
            return refusal;
        }
        List<RequestHead.Header> headers = new ArrayList<>(16);
        Refusal refusal = headers(head, lineEnd + 2, headers);
        return refusal != null ? refusal : judged(method, (RequestTarget) target, headers, hosts);
    }

    private static Refusal headers(String head, int start, List<RequestHead.Header> into) {
        int from = start;
        while (true) {
            int end = head.indexOf("\r\n", from);
            if (end < 0) {
                return Refusal.malformed("line-end", "A line of the head does not end as it must.");
            }
            if (end == from) {
                return end + 2 == head.length() ? null : Refusal.malformed("line-end", "Something stands behind the head.");
            }
            char first = head.charAt(from);
            if (first == ' ' || first == '\t') {
                return Refusal.malformed("folded-header", "A header goes on in the next line.");
            }
            if (into.size() == HEADERS_MAX) {
                return new Refusal(431, "many-headers", "The request has too many headers.");
            }
            int colon = head.indexOf(':', from);
            if (colon < 0 || colon >= end || !isToken(head, from, colon)) {
                return Refusal.malformed("header-name", "A header has no name, or one with characters that cannot stand in a name.");
            }
            int valueFrom = colon + 1;
            int valueEnd = end;
            while (valueFrom < valueEnd && isBlank(head.charAt(valueFrom))) {
                valueFrom++;
            }
            while (valueEnd > valueFrom && isBlank(head.charAt(valueEnd - 1))) {
                valueEnd--;
            }
            boolean ascii = true;
            for (int at = valueFrom; at < valueEnd; at++) {
                char c = head.charAt(at);
                if (c < 0x20 && c != '\t' || c == 0x7f) {
                    return Refusal.malformed("header-value", "A header has control characters.");
                }
                ascii &= c < 0x7f;
            }
            String name = head.substring(from, colon).toLowerCase(Locale.ROOT);
            if (ascii) {
                into.add(new RequestHead.Header(name, head.substring(valueFrom, valueEnd)));
            } else if (isJudged(name)) {
                return Refusal.malformed("header-value", "A header that decides on the call has characters that are not printable ASCII.");
            }
            // Others, with bytes that RFC 9110 section 5.5 lets them have, say nothing here: they are dropped.
            from = end + 2;
        }
    }

    /** Returns whether a header is looked at here, in any spelling. */
    private static boolean isJudged(String name) {
        String plain = name.replace('_', '-');
        return ONCE.contains(plain) || plain.equals("x-forwarded-for") || plain.equals("upgrade") || plain.equals("proxy-connection")
            || METHOD_OVERRIDES.contains(plain) || ORIGINAL_URLS.contains(plain);
    }

    private static ParsedHead judged(String method, RequestTarget target, List<RequestHead.Header> headers, Set<String> hosts) {
        String host = null;
        String authorization = null;
        String length = null;
        String transfer = null;
        String expect = null;
        for (int at = 0; at < headers.size(); at++) {
            RequestHead.Header header = headers.get(at);
            String name = header.name();
            Refusal refusal = forbidden(name, header.value());
            if (refusal != null) {
                return refusal;
            }
            if (ONCE.contains(name) && standsBefore(headers, at, header)) {
                return Refusal.malformed("duplicate-header", "A header that may stand once stands there twice.");
            }
            switch (name) {
                case "host" -> host = header.value();
                case "authorization" -> authorization = header.value();
                case "content-length" -> length = header.value();
                case "transfer-encoding" -> transfer = header.value();
                case "expect" -> expect = header.value();
                default -> {}
            }
        }
        if (host == null || !isKnown(host, hosts)) {
            return Refusal.malformed("host", "The Host header is missing or unknown.");
        }
        if (transfer != null && (length != null || !transfer.equals("chunked"))) {
            return Refusal.malformed("transfer-encoding", "Transfer-Encoding may only be chunked, and not stand beside Content-Length.");
        }
        if (length != null && !isLength(length)) {
            return Refusal.malformed("content-length", "Content-Length must be a number of digits.");
        }
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            return Refusal.malformed("expect", "Nothing but 100-continue can be expected.");
        }
        return new RequestHead(method, target, headers, authorization, length == null ? -1 : Long.parseLong(length), transfer != null, expect != null);
    }

    /** Headers that some server takes for a method, a path, or another protocol. */
    private static Refusal forbidden(String written, String value) {
        String name = written.indexOf('_') < 0 ? written : written.replace('_', '-');
        switch (name) {
            case "upgrade":
                for (String offer : value.split(",", -1)) {
                    if (!OFFERS.contains(offer.strip().toLowerCase(Locale.ROOT))) {
                        return Refusal.malformed("upgrade", "No other protocol is spoken here.");
                    }
                }
                return null;
            case "connection", "proxy-connection":
                for (String nominated : value.split(",", -1)) {
                    // Empty elements of a list say nothing (RFC 9110 section 5.6.1).
                    if (!nominated.isBlank() && !HOP_BY_HOP.contains(nominated.strip().toLowerCase(Locale.ROOT))) {
                        return Refusal.malformed("nominated-header", "Connection names a header that is not hop-by-hop.");
                    }
                }
                return null;
            default:
        }
        if (METHOD_OVERRIDES.contains(name)) {
            return Refusal.malformed("method-override", "The method cannot be overridden.");
        }
        if (ORIGINAL_URLS.contains(name)) {
            return Refusal.malformed("original-url", "The path cannot be overridden.");
        }
        // do-wrapper writes content_type with every call: it is not passed on, and says nothing about where a message ends or whose it is.
        boolean disguised = !name.equals(written) && ONCE.contains(name) && !name.equals("content-type");
        return disguised ? Refusal.malformed("header-name", "A header has an underscore in the place of a hyphen.") : null;
    }

    /** Content-Type may be repeated with the same value, which has one reading. */
    private static boolean standsBefore(List<RequestHead.Header> headers, int end, RequestHead.Header header) {
        for (int at = 0; at < end; at++) {
            if (headers.get(at).name().equals(header.name())) {
                return !header.name().equals("content-type") || !headers.get(at).value().equals(header.value());
            }
        }
        return false;
    }

    private static boolean isKnown(String host, Set<String> hosts) {
        int colon = host.startsWith("[") ? host.indexOf(':', Math.max(0, host.indexOf(']'))) : host.indexOf(':');
        if (colon >= 0) {
            String port = host.substring(colon + 1);
            if (port.isEmpty() || port.length() > 5 || !digits(port)) {
                return false;
            }
        }
        return hosts.contains((colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT));
    }

    private static boolean isLength(String text) {
        return !text.isEmpty() && text.length() <= 15 && digits(text);
    }

    private static boolean digits(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(String text, int from, int to) {
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN.indexOf(c) >= 0)) {
                return false;
            }
        }
        return to > from;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
