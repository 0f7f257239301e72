// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.local.parts.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LoopbackRelayTest {
    private static final int WITHIN_MS = 5_000;

    @Test
    void bytesPassBothWaysAndTheEndOfInputToo() throws Exception {
        try (ServerSocket server = listening("127.0.0.1", 0); LoopbackRelay relay = LoopbackRelay.start(List.of(server.getLocalPort()))) {
            assumeTrue(!relay.ports().isEmpty(), "the machine has no IPv6");
            byte[] sent = new byte[300_000];
            Arrays.fill(sent, (byte) 'x');
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> echo(server));
            try (Socket client = connected(server.getLocalPort())) {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                assertEquals("300000", new String(client.getInputStream().readAllBytes()));
            }
            assertArrayEquals(sent, received.get());
        }
    }

    @Test
    void connectionEndsWhereNobodyListens() throws Exception {
        int port = FreePorts.next();
        try (LoopbackRelay relay = LoopbackRelay.start(List.of(port))) {
            assumeTrue(!relay.ports().isEmpty(), "the machine has no IPv6");
            try (Socket client = connected(port)) {
                assertEquals(-1, client.getInputStream().read());
            }
        }
    }

    @Test
    void portThatIsTakenIsLeftAloneAndTheOthersAreRelayed() throws Exception {
        int free = FreePorts.next();
        try (ServerSocket taken = listening("::1", 0); LoopbackRelay relay = LoopbackRelay.start(List.of(taken.getLocalPort(), free))) {
            assertEquals(List.of(free), relay.ports());
        } catch (IOException noIpv6) {
            assumeTrue(false, "the machine has no IPv6");
        }
    }

    private static byte[] echo(ServerSocket server) {
        try (Socket connection = server.accept()) {
            byte[] all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(String.valueOf(all.length).getBytes());
            return all;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static ServerSocket listening(String address, int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        return server;
    }

    private static Socket connected(int port) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(WITHIN_MS);
        client.connect(new InetSocketAddress(InetAddress.getByName("::1"), port), WITHIN_MS);
        return client;
    }
}
