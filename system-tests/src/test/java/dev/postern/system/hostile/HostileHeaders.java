// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Headers: what they say, how often, and tokens that are none. */
final class HostileHeaders {
    private static final List<String> NAMES = List.of("Accept", "Content-Type", "Prefer", "If-Match", "If-None-Match", "Last-Event-ID", "Range", "Expect",
        "Cookie", "Origin", "Accept-Encoding", "Accept-Language",
        "X-HTTP-Method-Override", "X-Forwarded-For", "Forwarded", "traceparent", "tracestate", "baggage", "Idempotency-Key", "TE", "Upgrade", "Date",
        "User-Agent", "Referer", "X-Request-Id");
    private static final List<String> VALUES = List.of("", " ", ";;;", ",,,", "=", "\"", "\"unclosed", "\\", "*", "a/b/c", "application/json; charset=\"",
        "*/*;q=9", "wait=-1", "wait=99999999999999999999", "W/\"", "%00", "\u00ff\u00fe",
        "'; DROP TABLE outbox; --", "${jndi:ldap://127.0.0.1/a}", "a".repeat(4_000));

    private HostileHeaders() {}

    static List<HostileRequest> of(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        List<String> names = new ArrayList<>(NAMES);
        route.headers().stream().filter(name -> !names.contains(name)).forEach(names::add);
        for (String name : names) {
            boolean own = name.equals("Content-Type");
            for (String value : VALUES) {
                HostileRequest.Builder request = new HostileRequest.Builder(route, "headers",
                    name + ": " + (value.length() > 40 ? value.length() + " characters" : value));
                requests.add((own ? request.contentType(value) : request.header(name + ": " + value)).maySilentlyClose().build());
            }
        }
        tokens(route, requests, chance);
        for (String type : List.of("text/html", "text/xml", "multipart/form-data", "multipart/form-data; boundary=", "application/x-www-form-urlencoded",
            "application/octet-stream", "application/json-patch+json", "image/svg+xml",
            "application/json, text/plain", "application/x-java-serialized-object")) {
            requests.add(new HostileRequest.Builder(route, "headers", "Content-Type: " + type).contentType(type).build());
        }
        for (String line : List.of("No colon", ": no name", "Na me: x", "Name : x", "N\u00e4me: x", "Name: a\u0000b", "Name: a\u0001b", "Name: a\u007fb",
            "Name: a\rb", " Folded: x", "Name: x\r\n folded", "(): x", "\"\": x",
            "Host: elsewhere", "Host: ", "Content-Type: text/plain", "Authorization: Bearer other", "Connection: keep-alive, X", "Content-Length: 0",
            "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: xchunked",
            "Transfer-Encoding : chunked", "Trailer: Authorization", "Proxy-Connection: x", "Keep-Alive: timeout=999999999", "Expect: 200-ok",
            "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings",
            "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade", "Name: " + "v".repeat(9_000),
            "Name: " + "v".repeat(40_000), "N".repeat(9_000) + ": v")) {
            requests
                .add(new HostileRequest.Builder(route, "headers", line.length() > 60 ? line.substring(0, 60) : line).header(line).maySilentlyClose().build());
        }
        HostileRequest.Builder many = new HostileRequest.Builder(route, "headers", "a thousand headers");
        for (int i = 0; i < 1_000; i++) {
            many.header("X-" + i + ": v");
        }
        requests.add(many.maySilentlyClose().build());
        for (String host : List.of("", "Host: \r\n", "Host: a b\r\n", "Host: a:b:c\r\n", "Host: [::1\r\n", "Host: a:99999999\r\n", "Host: ZAP%n%s\r\n",
            "Host: \u00ff\r\n", "Host: a\r\nHost: b\r\n", "Host: user@a\r\n", "Host: a/b\r\n")) {
            requests.add(new HostileRequest.Builder(route, "headers", host.isEmpty() ? "no Host" : host.trim()).host(host).maySilentlyClose().build());
        }
        return requests;
    }

    private static void tokens(Route route, List<HostileRequest> requests, Random chance) {
        String none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJvbGdhIiwiYXpwIjoib3BlcmF0b3ItY29uc29sZSIsInJlYWxtX2FjY2VzcyI6eyJyb2xlcyI6WyJvcGVyYXRvciJdfSwiZXhwIjo5OTk5OTk5OTk5fQ.";
        List<String> lines = new ArrayList<>(List.of("", "Authorization:\r\n", "Authorization: \r\n", "Authorization: Bearer\r\n", "Authorization: Bearer \r\n",
            "Authorization: bearer " + HostileRequest.TOKEN + "x\r\n",
            "Authorization: Bearer " + HostileRequest.TOKEN + HostileRequest.TOKEN + "\r\n", "Authorization: Bearer  x\r\n", "Authorization: Basic !!!\r\n",
            "Authorization: Basic b2xnYTo=\r\n", "Authorization: Digest a=b\r\n",
            "Authorization: Bearer " + none + "\r\n", "Authorization: Bearer .\r\n", "Authorization: Bearer ..\r\n", "Authorization: Bearer ....\r\n",
            "Authorization: Bearer a.b.c.d.e\r\n", "Authorization: Bearer e30.e30.e30\r\n",
            "Authorization: Bearer \u00ff\r\n", "Authorization: Bearer %00\r\n", "Authorization: Bearer " + "a".repeat(8_000) + "\r\n",
            "Authorization: Bearer " + "a.".repeat(4_000) + "\r\n",
            "Authorization: Bearer pst_0000000000000000000000000000000000000000000000000\r\n",
            "Authorization: Bearer " + HostileRequest.TOKEN + "\r\nAuthorization: Bearer x\r\n"));
        for (int i = 0; i < 15; i++) {
            byte[] noise = new byte[1 + chance.nextInt(300)];
            chance.nextBytes(noise);
            lines.add("Authorization: Bearer " + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(noise) + "." + i + ".x\r\n");
        }
        for (String line : lines) {
            String what = line.isEmpty() ? "no token" : "token: " + line.substring(0, Math.min(60, line.length())).trim().replace(HostileRequest.TOKEN, "…");
            requests.add(new HostileRequest.Builder(route, "headers", what).authorization(line).maySilentlyClose().build());
        }
    }
}
