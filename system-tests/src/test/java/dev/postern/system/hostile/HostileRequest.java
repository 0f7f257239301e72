// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One request, byte by byte.
 *
 * @param family what is wrong with it, in one word: types, sizes, encodings, nesting, duplicates, controls, syntax, paths, queries, headers, methods, framing
 * @param what   what exactly is wrong
 * @param head   request line and headers, with {@link #TOKEN} where the caller's token goes; ends with the empty line
 * @param body   what follows
 * @param silent whether to close without an answer is an answer, too: what was sent is no whole HTTP request
 */
public record HostileRequest(String family, String what, String head, byte[] body, boolean silent) {
    /** Stands for the caller's access token. */
    static final String TOKEN = "\u0000TOKEN\u0000";
    private static final int SHOWN = 120;

    /** The bytes to send. */
    public byte[] bytes(String accessToken) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.replace(TOKEN, accessToken).getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    @Override
    public String toString() {
        String start = head.length() > SHOWN ? head.substring(0, SHOWN) + "…" : head;
        return family + ": " + what + " [" + start.replace("\r\n", " | ").replace(TOKEN, "…").replaceAll("\\p{Cntrl}", "?") + "] + " + body.length + " bytes";
    }

    /** Builds one. */
    static final class Builder {
        private final String family;
        private final String what;
        private String method;
        private String target;
        private String version = "HTTP/1.1";
        private String host = "Host: localhost\r\n";
        private String authorization = "Authorization: Bearer " + TOKEN + "\r\n";
        private final List<String> headers = new ArrayList<>();
        private String contentType;
        private byte[] body;
        private boolean framed = true;
        private boolean silent;

        Builder(Route route, String family, String what) {
            this.family = family;
            this.what = what;
            this.method = route.method();
            this.target = route.path();
            this.contentType = route.call().contentType();
            // What is not about the body carries one that is refused at the end, so that nothing but a refusal can follow.
            this.body = route.call().refused() == null ? null : route.call().refused().getBytes(StandardCharsets.UTF_8);
        }

        Builder method(String other) {
            method = other;
            return this;
        }

        Builder target(String other) {
            target = other;
            return this;
        }

        Builder version(String other) {
            version = other;
            return this;
        }

        /** A whole line with its end, or nothing. */
        Builder host(String line) {
            host = line;
            return this;
        }

        /** A whole line with its end, or nothing. */
        Builder authorization(String line) {
            authorization = line;
            return this;
        }

        Builder header(String line) {
            headers.add(line);
            return this;
        }

        Builder contentType(String other) {
            contentType = other;
            return this;
        }

        Builder body(byte[] other) {
            body = other;
            return this;
        }

        Builder body(String other) {
            return body(other.getBytes(StandardCharsets.UTF_8));
        }

        /** Without Content-Length: the headers given say how long the body is, or lie. */
        Builder unframed(byte[] other) {
            body = other;
            framed = false;
            return this;
        }

        Builder maySilentlyClose() {
            silent = true;
            return this;
        }

        HostileRequest build() {
            StringBuilder head = new StringBuilder(method).append(' ').append(target).append(' ').append(version).append("\r\n")
                .append(host).append("Connection: close\r\n").append(authorization);
            if (contentType != null) {
                head.append("Content-Type: ").append(contentType).append("\r\n");
            }
            if (framed && body != null) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            headers.forEach(line -> head.append(line).append("\r\n"));
            return new HostileRequest(family, what, head.append("\r\n").toString(), body == null ? new byte[0] : body, silent);
        }
    }
}
