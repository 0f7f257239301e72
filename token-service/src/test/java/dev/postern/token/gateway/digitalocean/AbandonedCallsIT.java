// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.upstream.BodyMemory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Clients that go before their answer has come to its end keep no connection to the provider and no memory. */
class AbandonedCallsIT {
    /** More than there are connections to the provider. */
    private static final int CLIENTS = 150;
    private static final int ANSWER_BYTES = 8 * 1_048_576;
    private static final long MEMORY = 200L * 1_048_576;

    @Test
    void answersThatNobodyReadsToTheirEndFreeTheProvidersConnections() throws Exception {
        BodyMemory memory = new BodyMemory(MEMORY);
        try (OpenGateway gateway = new OpenGateway(memory)) {
            String token = gateway.tokens.live(details());
            gateway.upstream.answers(
                call -> call.uri().contains("7") ? new RecordingUpstream.Reply(200, Map.of(RecordingUpstream.STREAMED, Integer.toString(ANSWER_BYTES)), "")
                    : new RecordingUpstream.Reply(200, Map.of(), "{\"firewall\":{}}"));
            for (int client = 0; client < CLIENTS; client++) {
                try (Socket socket = open(gateway.port(), token, "7")) {
                    assertThat(socket.getInputStream().readNBytes(1_000)).as("the answer has begun").hasSize(1_000);
                }
            }
            assertThat(RawCall.send(gateway.port(), call(token, "8")).status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(memory.used()).isZero());
        }
    }

    @Test
    void clientsThatGoAtOnceAreForgotten() throws Exception {
        BodyMemory memory = new BodyMemory(MEMORY);
        try (OpenGateway gateway = new OpenGateway(memory)) {
            String token = gateway.tokens.live(details());
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"droplets\":[{\"id\":1,\"x\":\"" + "a".repeat(200_000) + "\"}]}"));
            List<Socket> gone = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Socket socket = new Socket("127.0.0.1", gateway.port());
                socket.getOutputStream()
                    .write(("GET /v2/droplets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                socket.setSoLinger(true, 0);
                gone.add(socket);
            }
            for (Socket socket : gone) {
                socket.close();
            }
            assertThat(RawCall.send(gateway.port(), call(token, "8")).status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(memory.used()).isZero());
        }
    }

    private static Socket open(int port, String token, String firewall) throws Exception {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(call(token, firewall).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String call(String token, String firewall) {
        return "GET /v2/firewalls/" + firewall + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    }

    private static List<AuthorizationDetail> details() {
        return List.of(entry("do:firewall:7", "firewall:read"), entry("do:firewall:8", "firewall:read"), entry("do:droplet:1", "droplet:read"));
    }

    private static AuthorizationDetail entry(String name, String scope) {
        return new DigitalOceanApi(new ResourceName(name), List.of(scope), Optional.empty());
    }
}
