// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListeningTest {
    @Test
    void oneAddressStaysOne() {
        assertThat(Listening.address("127.0.0.1")).isEqualTo("127.0.0.1");
        assertThat(Listening.address("::1")).isEqualTo("::1");
    }

    @Test
    void everywhereIsBothVersions() throws Exception {
        assumeTrue(Listening.address("0.0.0.0").equals("::"), "the machine has no IPv6");
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer server = vertx.createHttpServer().requestHandler(request -> request.response().end()).listen(0, Listening.address("0.0.0.0"))
                .toCompletionStage().toCompletableFuture().get();
            for (String loopback : List.of("127.0.0.1", "::1")) {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(loopback, server.actualPort()), 5_000);
                    assertThat(socket.isConnected()).as(loopback).isTrue();
                }
            }
        } finally {
            vertx.close();
        }
    }
}
