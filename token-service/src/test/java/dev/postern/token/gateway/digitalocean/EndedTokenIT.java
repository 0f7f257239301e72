// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.status.TokenState;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token that ends while its call waits, for its body, for an earlier page of a list or for a comparison, sends nothing more to the provider. */
class EndedTokenIT {
    private static final String RECORD = "{\"type\":\"A\",\"name\":\"www\",\"data\":\"203.0.113.7\"}";

    @ParameterizedTest
    @ValueSource(strings = {"revoked", "expired"})
    void bodyThatComesAfterTheEndOfItsTokenIsNotSent(String end) throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            String token = gateway.tokens.live(List.of(entry("do:domain:shop.example", "domain:update")));
            try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /v2/domains/shop.example/records HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + RECORD.length() + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
                byte[] go = new byte[25];
                assertThat(socket.getInputStream().readNBytes(go, 0, go.length)).as("the call was let in: %s", new String(go, StandardCharsets.US_ASCII))
                    .isEqualTo(25);
                gateway.tokens.becomes(token, end.equals("revoked") ? new TokenState.Revoked() : new TokenState.Expired());
                out.write(RECORD.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                RawCall answer = RawCall.read(socket.getInputStream());
                assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
                assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
            }
            assertThat(gateway.upstream.arrived()).isEmpty();
            assertThat(gateway.told).as("what was told to begin is told to have ended").containsExactly("begins", "ended 401");
        }
    }

    @Test
    void listIsReadNoFurtherThanItsTokenLives() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            AtomicReference<String> token = new AtomicReference<>();
            gateway.upstream.answers(call -> {
                if (call.uri().contains("?page=2")) {
                    gateway.tokens.becomes(token.get(), new TokenState.Revoked());
                }
                return new RecordingUpstream.Reply(200, Map.of(), "{\"droplets\":[{\"id\":1}],\"links\":{\"pages\":{\"next\":\"x\"}},\"meta\":{\"total\":9}}");
            });
            token.set(gateway.tokens.live(List.of(entry("do:droplet:1", "droplet:read"))));
            RawCall answer = RawCall.send(gateway.port(),
                "GET /v2/droplets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token.get() + "\r\n\r\n");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body()).doesNotContain("droplets");
            assertThat(gateway.upstream.arrived()).hasSize(2);
            await().until(() -> gateway.told.equals(List.of("read 401")));
        }
    }

    @Test
    void callIsRefusedWhileNobodyCanSayWhetherItsTokenStillLives() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            AtomicReference<String> token = new AtomicReference<>();
            gateway.upstream.answers(call -> {
                gateway.tokens.becomes(token.get(), new TokenState.Unavailable());
                return new RecordingUpstream.Reply(200, Map.of(), "{\"droplets\":[{\"id\":1}],\"links\":{\"pages\":{\"next\":\"x\"}}}");
            });
            token.set(gateway.tokens.live(List.of(entry("do:droplet:1", "droplet:read"))));
            RawCall answer = RawCall.send(gateway.port(),
                "GET /v2/droplets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token.get() + "\r\n\r\n");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("2");
            assertThat(gateway.upstream.arrived()).hasSize(1);
        }
    }

    private static AuthorizationDetail entry(String name, String scope) {
        return new DigitalOceanApi(new ResourceName(name), List.of(scope), Optional.empty());
    }
}
