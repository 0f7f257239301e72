// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connection on which nothing moves ends; one that is used does not. */
class IdleConnectionsIT {
    private static final Duration IDLE = Duration.ofMillis(900);
    private static final int PATIENCE_MS = 20_000;
    private static OpenGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway(IDLE);
    }

    @AfterAll
    static void close() throws Exception {
        gateway.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static byte[] call() {
        String secret = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:droplet:7"), List.of("droplet:read"), Optional.empty())));
        return ("GET /v2/droplets/7 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + secret + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void silentClientIsDisconnected() throws Exception {
        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void clientThatStopsInsideAHeadIsDisconnected() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET /v2/droplets/7 HT".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void idleClientAfterAnAnswerIsDisconnected() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(call());
            assertThat(RawCall.read(socket.getInputStream()).status()).isEqualTo(200);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void activeClientStaysConnected() throws Exception {
        byte[] call = call();
        long end = System.nanoTime() + 3 * IDLE.toNanos();
        try (Socket socket = connect()) {
            while (System.nanoTime() < end) {
                socket.getOutputStream().write(call);
                assertThat(RawCall.read(socket.getInputStream()).status()).isEqualTo(200);
            }
        }
    }
}
