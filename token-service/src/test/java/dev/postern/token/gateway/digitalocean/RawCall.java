// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Bytes over a socket of their own, and what comes back until the other side ends.
 *
 * @param status 0 if the connection ended without an answer, -1 if nothing came in time
 */
record RawCall(int status, String head, String body) {
    private static final int PATIENCE_MS = 5_000;
    private static final int LONG_PATIENCE_MS = 60_000;

    /** Sends {@code text} (ISO 8859-1) and reads one whole answer. */
    static RawCall send(int port, String text) {
        return send(port, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static RawCall send(int port, byte[] bytes) {
        return send(port, bytes, PATIENCE_MS);
    }

    /** The same, for answers that take long to make. */
    static RawCall sendPatiently(int port, byte[] bytes) {
        return send(port, bytes, LONG_PATIENCE_MS);
    }

    private static RawCall send(int port, byte[] bytes, int patienceMs) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(patienceMs);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        } catch (SocketTimeoutException nothing) {
            return new RawCall(-1, "", "");
        } catch (IOException ended) {
            return new RawCall(0, "", String.valueOf(ended.getMessage()));
        }
    }

    /** Reads one answer. */
    static RawCall read(InputStream stream) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int expected = -1;
        int headEnd = -1;
        byte[] buffer = new byte[16_384];
        while (headEnd < 0 || expected < 0 || all.size() < headEnd + expected) {
            int count = stream.read(buffer);
            if (count < 0) {
                break;
            }
            all.write(buffer, 0, count);
            if (headEnd < 0) {
                String sofar = all.toString(StandardCharsets.ISO_8859_1);
                int gap = sofar.indexOf("\r\n\r\n");
                if (gap >= 0) {
                    headEnd = gap + 4;
                    String head = sofar.substring(0, headEnd).toLowerCase(Locale.ROOT);
                    int length = head.indexOf("content-length: ");
                    expected = head.startsWith("http/1.1 204") ? 0
                        : length < 0 ? Integer.MAX_VALUE / 2 : Integer.parseInt(head.substring(length + 16, head.indexOf("\r\n", length)));
                }
            }
        }
        String text = all.toString(StandardCharsets.ISO_8859_1);
        return headEnd < 0 ? new RawCall(0, "", text)
            : new RawCall(Integer.parseInt(text.substring(9, 12)), text.substring(0, headEnd), text.substring(headEnd));
    }

    /** The value of a header, null if it is not there. */
    String header(String name) {
        for (String line : head.split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return null;
    }
}
