// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Methods, versions, lengths, chunks, and bytes that are no HTTP at all. */
final class HostileFrames {
    private HostileFrames() {}

    static List<HostileRequest> methods(Route route) {
        List<HostileRequest> requests = new ArrayList<>();
        for (String method : List.of("FOO", "TRACE", "CONNECT", "PROPFIND", "get", "Post", "GET\u0000", "", "*", "G".repeat(5_000), "PRI", "PURGE", "\u00ff")) {
            requests.add(new HostileRequest.Builder(route, "methods", method.length() > 20 ? "long" : method).method(method).maySilentlyClose().build());
        }
        return requests;
    }

    static List<HostileRequest> frames(Route route, Random chance) {
        List<HostileRequest> requests = new ArrayList<>();
        for (String version : List.of("HTTP/0.9", "HTTP/1.", "HTTP/1.2.3", "HTTP/2.0", "HTTP/9.9", "HTTP/-1.1", "HTPP/1.1", "", "HTTP/1.1 extra", "http/1.1")) {
            requests.add(new HostileRequest.Builder(route, "framing", "version " + version).version(version).maySilentlyClose().build());
        }
        String refused = route.call().refused() == null ? "{}" : route.call().refused();
        int length = refused.getBytes(StandardCharsets.UTF_8).length;
        for (String line : List.of("Content-Length: -1", "Content-Length: +" + length, "Content-Length: 0x10", "Content-Length: " + length + ", " + length,
            "Content-Length: " + length + "\r\nContent-Length: 1",
            "Content-Length: ", "Content-Length: a", "Content-Length: 99999999999999999999999", "Content-Length: " + (length + 10),
            "Content-Length: " + length + "\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")) {
            requests.add(new HostileRequest.Builder(route, "framing", line.replace("\r\n", " and ")).header(line)
                .unframed(refused.getBytes(StandardCharsets.UTF_8)).maySilentlyClose().build());
        }
        for (Map.Entry<String, String> chunks : chunks().entrySet()) {
            requests.add(new HostileRequest.Builder(route, "framing", chunks.getKey()).header("Transfer-Encoding: chunked")
                .unframed(chunks.getValue().getBytes(StandardCharsets.ISO_8859_1)).maySilentlyClose().build());
        }
        String line = route.method() + " " + route.path();
        for (String head : List.of(line + "\r\n\r\n", line + " HTTP/1.1\n\n", line + " HTTP/1.1\r\nHost: x\n\n", "\r\n\r\n\r\n",
            "\r\n" + line + " HTTP/1.1\r\n\r\n", line + "  HTTP/1.1\r\n\r\n", " " + line + " HTTP/1.1\r\n\r\n",
            line + "\tHTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "SSH-2.0-x\r\n", "\u0000".repeat(100), "a".repeat(70_000), "{}\r\n\r\n", "EHLO x\r\n\r\n")) {
            requests.add(new HostileRequest("framing", "bare bytes: " + head.substring(0, Math.min(30, head.length())).replaceAll("\\p{Cntrl}", "?"), head,
                new byte[0], true));
        }
        for (int i = 0; i < 15; i++) {
            byte[] noise = new byte[1 + chance.nextInt(4_000)];
            chance.nextBytes(noise);
            requests.add(new HostileRequest("framing", "noise " + i, "", noise, true));
        }
        return requests;
    }

    private static Map<String, String> chunks() {
        Map<String, String> chunks = new LinkedHashMap<>();
        chunks.put("no hexadecimal chunk length", "zz\r\n{}\r\n0\r\n\r\n");
        chunks.put("negative chunk length", "-2\r\n{}\r\n0\r\n\r\n");
        chunks.put("huge chunk length", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n");
        chunks.put("longer chunk than said", "1\r\n{}\r\n0\r\n\r\n");
        chunks.put("shorter chunk than said", "f\r\n{}\r\n0\r\n\r\n");
        chunks.put("no last chunk", "2\r\n{]\r\n");
        chunks.put("chunks with bare line feeds", "2\n{]\n0\n\n");
        chunks.put("a long chunk extension", "2;" + "x".repeat(5_000) + "\r\n{]\r\n0\r\n\r\n");
        chunks.put("trailers", "2\r\n{]\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 5\r\n\r\n");
        chunks.put("many tiny chunks", "1\r\n{\r\n".repeat(3_000) + "0\r\n\r\n");
        chunks.put("another request behind", "0\r\n\r\nGET /q/health HTTP/1.1\r\nHost: x\r\n\r\n");
        return chunks;
    }
}
