// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Bodies of 10 MiB go through in both directions without being held. */
class StreamingIT {
    private static final int TEN_MIB = 10 * 1_048_576;
    /** A client that takes its time: so that a gateway that holds a body is seen holding it. */
    private static final long PAUSE_NS = 1_000_000;
    private static final int TOGETHER = 8;
    private static final long GROWTH_MAX = 64L * 1_048_576;

    @Test
    void tenMebibytesUpAndDownGrowMemoryByLessThan64() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            Operation up = unchecked(gateway);
            Operation down = gateway.operations.all().stream()
                .filter(one -> one.served() && one.method().equals("GET") && one.id().value().equals("firewalls_get"))
                .findFirst().orElseThrow();
            gateway.upstream.answers(call -> call.method().equals("GET")
                ? new RecordingUpstream.Reply(200, Map.of(RecordingUpstream.STREAMED, Integer.toString(TEN_MIB)), "")
                : new RecordingUpstream.Reply(200, Map.of(), "{}"));
            String upToken = gateway.tokens.live(GrantsOf.covering(up, "11111"));
            String downToken = gateway.tokens.live(GrantsOf.covering(down, "11111"));
            assertThat(upload(gateway.port(), up, upToken, TEN_MIB, "y")).isEqualTo(200);
            assertThat(gateway.upstream.arrived().get(0).bodyBytes()).isEqualTo(TEN_MIB);
            assertThat(download(gateway.port(), down, downToken)).isGreaterThan(TEN_MIB);
            long before = used();
            AtomicInteger running = new AtomicInteger(TOGETHER);
            AtomicInteger failed = new AtomicInteger();
            for (int i = 0; i < TOGETHER; i++) {
                boolean upwards = i % 2 == 0;
                new Thread(() -> {
                    try {
                        boolean whole = upwards ? upload(gateway.port(), up, upToken, TEN_MIB, "y") == 200
                            : download(gateway.port(), down, downToken) > TEN_MIB;
                        failed.addAndGet(whole ? 0 : 1);
                    } catch (Exception broken) {
                        failed.incrementAndGet();
                    } finally {
                        running.decrementAndGet();
                    }
                }).start();
            }
            long most = 0;
            int looks = 0;
            while (running.get() > 0) {
                most = Math.max(most, used() - before);
                looks++;
                LockSupport.parkNanos(20 * PAUSE_NS);
            }
            System.out.println("8 bodies of 10 MiB together: memory grew by " + most / 1_048_576 + " MiB at most, in " + looks + " looks");
            assertThat(failed.get()).isZero();
            assertThat(looks).isGreaterThan(3);
            assertThat(most).isLessThan(GROWTH_MAX);
        }
    }

    @Test
    void providerNeverReceivesCompleteBodyThatNamesAResource() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            Operation up = unchecked(gateway);
            String token = gateway.tokens.live(GrantsOf.covering(up, "11111"));
            for (String member : List.of("droplet_id", "Droplet_IDs", "urn")) {
                assertThat(upload(gateway.port(), up, token, TEN_MIB / 5, member)).as(member).isEqualTo(400);
            }
            assertThat(gateway.upstream.arrived()).isEmpty();
            assertThat(upload(gateway.port(), up, token, TEN_MIB / 5, "y")).isEqualTo(200);
        }
    }

    private static Operation unchecked(OpenGateway gateway) {
        return gateway.operations.all().stream().filter(one -> one.served() && one.takesBody() && one.method().equals("PUT") && one.parts().isEmpty()
            && one.places().stream().noneMatch(place -> place.in() == Place.In.BODY)).findFirst().orElseThrow();
    }

    private static int upload(int port, Operation operation, String token, int length, String last) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            out.write((operation.method() + " " + CallsOf.path(operation, "11111")
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] part = ("\"" + "a".repeat(65_533) + "\",").getBytes(StandardCharsets.US_ASCII);
            byte[] end = ("0],\"" + last + "\":1}").getBytes(StandardCharsets.US_ASCII);
            byte[] start = "{\"x\":[".getBytes(StandardCharsets.US_ASCII);
            out.write(start);
            int sent = start.length;
            for (; sent + part.length + end.length <= length; sent += part.length) {
                out.write(part);
                LockSupport.parkNanos(PAUSE_NS);
            }
            out.write(" ".repeat(length - sent - end.length).getBytes(StandardCharsets.US_ASCII));
            out.write(end);
            out.flush();
            return RawCall.read(socket.getInputStream()).status();
        }
    }

    private static long download(int port, Operation operation, String token) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                .write(("GET " + CallsOf.path(operation, "11111") + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] part = new byte[65_536];
            long all = 0;
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                all += count;
                LockSupport.parkNanos(PAUSE_NS);
            }
            return all;
        }
    }

    /** Returns the memory in use after a collection, heap and direct buffers. */
    private static long used() {
        System.gc();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct;
    }
}
