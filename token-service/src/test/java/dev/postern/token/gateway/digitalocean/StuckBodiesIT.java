// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.upstream.BodyMemory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One token's bodies that never end take no memory from others, and not for long from itself. */
class StuckBodiesIT {
    private static final int MIB = 1_048_576;

    @Test
    void othersListsAreReadWhileOneTokensBodiesAreStuck() throws Exception {
        BodyMemory memory = new BodyMemory(32L * MIB);
        List<Socket> stuck = new ArrayList<>();
        try (OpenGateway gateway = new OpenGateway(memory)) {
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"droplets\":[{\"id\":1,\"x\":\"" + "a".repeat(MIB) + "\"}]}"));
            String token = gateway.tokens.live(new AccountName("acme"), "one portal", domain());
            String sibling = gateway.tokens.live(new AccountName("acme"), "one portal", domain());
            String other = gateway.tokens.live(new AccountName("acme"), "another portal",
                List.of(new DigitalOceanApi(new ResourceName("do:droplet:1"), List.of("droplet:read"), Optional.empty())));
            for (int i = 0; i < 270; i++) {
                stuck.add(stuck(gateway.port(), i % 2 == 0 ? token : sibling, i < 20 ? 1_000_000 : 20_000));
            }
            await().until(() -> memory.used() > 8L * MIB);
            RawCall list = RawCall.send(gateway.port(),
                "GET /v2/droplets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + other + "\r\n\r\n");
            assertThat(list.status()).isEqualTo(200);
            assertThat(memory.used()).as("one owner has half at most").isLessThanOrEqualTo(16L * MIB + 1);
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void bodyThatComesTooSlowlyIsRefusedAndItsMemoryFree() throws Exception {
        BodyMemory memory = new BodyMemory(32L * MIB);
        try (OpenGateway gateway = new OpenGateway(memory, Duration.ofMillis(1_500));
             Socket drip = stuck(gateway.port(), gateway.tokens.live(domain()), 20_000)) {
            await().until(() -> memory.used() > 0);
            RawCall refused = RawCall.read(drip.getInputStream());
            assertThat(refused.status()).isEqualTo(408);
            assertThat(refused.header("postern-rule")).isEqualTo("slow-body");
            await().until(() -> memory.used() == 0);
            assertThat(gateway.upstream.arrived()).isEmpty();
        }
    }

    @Test
    void headThatComesByteByByteIsCutOff() throws Exception {
        try (OpenGateway gateway = new OpenGateway(new BodyMemory(MIB), Duration.ofMillis(1_500)); Socket drip = new Socket("127.0.0.1", gateway.port())) {
            drip.setSoTimeout(60);
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            int read = 0;
            while (read >= 0 && System.nanoTime() < end) {
                try {
                    drip.getOutputStream().write('G');
                    read = drip.getInputStream().read();
                } catch (java.net.SocketTimeoutException open) {
                    read = 0;
                } catch (java.io.IOException cutOff) {
                    read = -1;
                }
            }
            assertThat(read).isEqualTo(-1);
        }
    }

    private static List<AuthorizationDetail> domain() {
        return List.of(new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:update"), Optional.empty()));
    }

    /** A call whose last byte is missing. */
    private static Socket stuck(int port, String token, int length) throws Exception {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        byte[] body = ("{\"data\":\"" + "a".repeat(length - 11)).getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream().write(("POST /v2/domains/shop.example/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        try {
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
        } catch (java.io.IOException refused) {
            // It found no memory.
            return socket;
        }
        return socket;
    }
}
