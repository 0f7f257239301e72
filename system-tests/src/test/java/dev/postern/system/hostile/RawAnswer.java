// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Response read from a socket.
 *
 * @param status the HTTP status; 0 if the connection was closed without an answer, -1 if it stayed open without one
 * @param head   status line and headers
 * @param body   what followed, as far as the headers say that it belongs to the answer
 */
record RawAnswer(int status, String head, String body) {
    static final int CLOSED = 0;
    static final int NOTHING = -1;
    private static final int CONNECT_WITHIN_MS = 5_000;
    private static final int ANSWER_WITHIN_MS = 15_000;
    /** A request that is no whole one may leave both sides waiting: after this time we say that nothing more will come. */
    private static final int PATIENCE_WITH_A_PART_MS = 1_500;
    private static final int BODY_MAX = 4_000_000;

    /** Sends a request and reads its answer. */
    static RawAnswer to(URI service, HostileRequest request, String accessToken) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(service.getHost(), service.getPort()), CONNECT_WITHIN_MS);
            socket.setTcpNoDelay(true);
            byte[] bytes = request.bytes(accessToken);
            try {
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
            } catch (IOException refusedWhileSending) {
                // The service has answered already and reads no more.
                return read(socket, request.silent());
            }
            return read(socket, request.silent());
        } catch (IOException failed) {
            return new RawAnswer(CLOSED, "", String.valueOf(failed.getMessage()));
        }
    }

    private static RawAnswer read(Socket socket, boolean maybeAPart) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[16_384];
        boolean saidAll = false;
        socket.setSoTimeout(maybeAPart ? PATIENCE_WITH_A_PART_MS : ANSWER_WITHIN_MS);
        while (!isWhole(answer) && answer.size() < BODY_MAX) {
            int n;
            try {
                n = socket.getInputStream().read(buffer);
            } catch (SocketTimeoutException quiet) {
                if (!maybeAPart || saidAll) {
                    return answer.size() == 0 ? new RawAnswer(NOTHING, "", "") : parse(answer);
                }
                saidAll = true;
                socket.shutdownOutput();
                socket.setSoTimeout(ANSWER_WITHIN_MS);
                continue;
            } catch (IOException reset) {
                break;
            }
            if (n < 0) {
                break;
            }
            answer.write(buffer, 0, n);
        }
        return answer.size() == 0 ? new RawAnswer(CLOSED, "", "") : parse(answer);
    }

    private static boolean isWhole(ByteArrayOutputStream answer) {
        if (answer.size() == 0) {
            return false;
        }
        RawAnswer sofar = parse(answer);
        if (sofar.head().isEmpty()) {
            return false;
        }
        String headers = sofar.head().toLowerCase(Locale.ROOT) + "\r\n";
        if (sofar.status() == 101 || sofar.status() == 204 || sofar.status() == 304 || headers.contains("content-type: text/event-stream")) {
            return true;
        }
        int length = headers.indexOf("content-length: ");
        if (length >= 0) {
            int end = headers.indexOf("\r\n", length);
            return sofar.body().length() >= Integer.parseInt(headers.substring(length + 16, end).trim());
        }
        return headers.contains("transfer-encoding: chunked") && sofar.body().endsWith("0\r\n\r\n");
    }

    /** Past interim answers (100 Continue); as ISO 8859-1, so that one character is one byte. */
    private static RawAnswer parse(ByteArrayOutputStream bytes) {
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        while (text.startsWith("HTTP/1.1 100")) {
            int gap = text.indexOf("\r\n\r\n");
            if (gap < 0) {
                return new RawAnswer(CLOSED, "", "");
            }
            text = text.substring(gap + 4);
        }
        int gap = text.indexOf("\r\n\r\n");
        if (gap < 0) {
            return new RawAnswer(CLOSED, "", text);
        }
        String[] line = text.substring(0, gap).split("[ \r]", 3);
        int status = line.length > 1 && line[1].matches("\\d{3}") ? Integer.parseInt(line[1]) : CLOSED;
        return new RawAnswer(status, text.substring(0, gap), text.substring(gap + 4));
    }
}
