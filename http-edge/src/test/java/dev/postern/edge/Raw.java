// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** An HTTP exchange over a bare socket: what no client library would send. */
record Raw(int status, String head, String body) {
    private static final int ANSWER_WITHIN_MS = 10_000;

    static Raw exchange(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(ANSWER_WITHIN_MS);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        }
    }

    static Raw exchange(int port, String request) throws IOException {
        return exchange(port, request.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Raw get(int port, String target, String... headers) throws IOException {
        return exchange(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines(headers) + "\r\n");
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    private static Raw read(InputStream in) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                answer.write(buffer, 0, n);
            }
        } catch (SocketTimeoutException | java.net.SocketException end) {
            if (answer.size() == 0) {
                throw end;
            }
        }
        String text = answer.toString(StandardCharsets.UTF_8);
        int gap = text.indexOf("\r\n\r\n");
        String head = gap < 0 ? text : text.substring(0, gap);
        return new Raw(Integer.parseInt(head.split(" ", 3)[1]), head, gap < 0 ? "" : text.substring(gap + 4));
    }
}
