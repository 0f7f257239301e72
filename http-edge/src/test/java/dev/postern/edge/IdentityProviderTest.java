// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityProviderTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close();
    }

    @ParameterizedTest
    @CsvSource({"200, 403", "503, 503", "404, 503"})
    void denialIsAnOutageWhereKeycloakDoesNotAnswerAsItShould(int answered, int told) throws IOException {
        HttpServer keycloak = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keycloak.createContext("/realms/postern/.well-known/openid-configuration", exchange -> {
            exchange.sendResponseHeaders(answered, -1);
            exchange.close();
        });
        keycloak.start();
        try {
            assertThat(refusal(keycloak.getAddress().getPort()).status()).isEqualTo(told);
        } finally {
            keycloak.stop(0);
        }
    }

    @Test
    void denialIsAnOutageWhileNobodyListensAndSaysWhenToComeBack() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Problem refusal = refusal(port);
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.retryAfterSeconds()).isPresent();
        assertThat(refusal.detail()).contains("Keycloak").doesNotContain("role");
    }

    @Test
    void denialIsADenialWhereNothingAsksKeycloak() {
        assertThat(new IdentityProvider(vertx, Optional.empty()).refusal().await().atMost(Duration.ofSeconds(1)).status()).isEqualTo(403);
    }

    private Problem refusal(int port) {
        return new IdentityProvider(vertx, Optional.of("http://127.0.0.1:" + port + "/realms/postern/")).refusal().await().atMost(Duration.ofSeconds(20));
    }
}
