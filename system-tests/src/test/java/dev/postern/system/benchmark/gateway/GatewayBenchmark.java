// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.Progress;
import dev.postern.local.stack.StackSettings;
import dev.postern.system.actors.ServiceResponse;
import dev.postern.system.actors.Caller;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Throughput of the gateway beside its peers in the same run: nginx as a plain proxy, nginx that asks an endpoint about every call
 * ({@code auth_request}), and the gateway's own proxy library without checks. One upstream behind all, 32 connections, interleaved rounds, medians.
 * All get the same calls from the same client, of which none is the same as its connection's last. The token of the one gateway kind may see every image, so
 * that its answers pass unfiltered, as the peers' do; that of the other may not, so that each answer is parsed, filtered and written again.
 * Needs nginx and wrk (packages nginx-light and wrk). No part of {@code mvn verify}.
 */
class GatewayBenchmark {
    private static final int ROUNDS = 7;
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC");
    private static final int FIRST = 300_101;
    private static final int DROPLETS = 49;
    private static final String DROPLET = "/v2/droplets/" + FIRST;
    private static final String ANSWER = "{\"droplet\":{\"id\":300101,\"name\":\"shop-db-1\",\"status\":\"active\"}}";

    @Test
    void theGatewayBesideItsPeers() throws Exception {
        Path root = Path.of(System.getProperty("postern.root")).toAbsolutePath();
        Path data = root.resolve("system-tests/target/gateway-benchmark-" + UUID.randomUUID());
        int upstream = free();
        int plain = free();
        int authRequest = free();
        int unchecked = free();
        StackSettings settings = StackSettings.of(root).withData(data).withPorts(Ports.free()).withServiceJvm(JVM)
            .withCloud(new Cloud.Real("http://127.0.0.1:" + upstream, "a-credential-of-nobody"))
            .withEnvironment("token-service", "QUARKUS_VERTX_EVENT_LOOPS_POOL_SIZE", "4")
            .withEnvironment("token-service", "POSTERN_GATEWAY_DIGITALOCEAN_CALLS_PER_MINUTE", "0")
            .withEnvironment("token-service", "POSTERN_GATEWAY_DIGITALOCEAN_CALLS_PER_HOUR", "0");
        try (Nginx nginx = Nginx.start(data.resolve("nginx"), upstream, plain, authRequest, ANSWER);
             LocalStack stack = new LocalStack(settings); Progress progress = new Progress(System.out)) {
            stack.start(progress);
            Process proxy = new ProcessBuilder(command(unchecked, upstream)).inheritIO().start();
            try {
                Cast cast = Cast.of(stack);
                cast.author().put("benchmark-reads-droplets", """
                    permit (principal == Portal::"client-portal", action == Action::"droplet:read", resource in Resource::"do:droplet:*");""");
                cast.author().put("benchmark-reads-images", """
                    permit (principal == Portal::"client-portal", action == Action::"image:read", resource in Resource::"do:image:*");""");
                String token = token(stack, cast, true);
                Map<String, Wrk> all = new LinkedHashMap<>();
                all.put("nginx proxy_pass", calls("http://127.0.0.1:" + plain, token, data));
                all.put("nginx auth_request", calls("http://127.0.0.1:" + authRequest, token, data));
                all.put("proxy without checks", calls("http://127.0.0.1:" + unchecked, token, data));
                all.put("gateway", calls(stack.gatewayUrl(), token, data));
                all.put("gateway, answers filtered", calls(stack.gatewayUrl(), token(stack, cast, false), data));
                await().atMost(Duration.ofSeconds(20)).until(() -> listens(unchecked));
                report(Wrk.interleaved(all, ROUNDS));
            } finally {
                proxy.destroy();
            }
        }
    }

    private static Wrk calls(String url, String token, Path data) throws IOException {
        return Wrk.getEach(url, FIRST, DROPLETS, token, data.resolve("calls.lua"));
    }

    private static List<String> command(int port, int upstream) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlainProxy.class.getName(), String.valueOf(port), String.valueOf(upstream)));
        return command;
    }

    private static String token(LocalStack stack, Cast cast, boolean everyImage) {
        UUID id = UUID.randomUUID();
        ObjectNode wish = ClientPortal.apiCalls(id, "acme", "do:droplet:" + FIRST, List.of("droplet:read"), Optional.empty(), Duration.ofHours(1));
        ArrayNode entries = wish.withArray("authorization_details");
        ObjectNode first = (ObjectNode) entries.get(0);
        for (int more = 1; more < DROPLETS; more++) {
            entries.add(first.deepCopy().put("identifier", "do:droplet:" + (FIRST + more)));
        }
        if (everyImage) {
            ObjectNode images = entries.addObject().put("type", "digitalocean_api").put("identifier", "do:image:*");
            images.putArray("actions").add("image:read");
        }
        ServiceResponse answer = cast.portal().ask(wish, "prefer", "wait=30");
        assertThat(answer.json().path("status").asText()).as(answer.json().toString()).isEqualTo("granted");
        String secret = cast.portal().collect(id).expect(200, 201).json().path("token").asText();
        new Caller(() -> secret).get(stack.gatewayUrl() + DROPLET).expect(200);
        return secret;
    }

    private static void report(Map<String, List<Wrk.Round>> rounds) {
        Map<String, Wrk.Round> medians = Wrk.medians(rounds);
        Wrk.Round gateway = medians.get("gateway");
        double toAuth = gateway.perSecond() / medians.get("nginx auth_request").perSecond();
        double toPlain = gateway.perSecond() / medians.get("nginx proxy_pass").perSecond();
        double tail = gateway.p99Micros() / medians.get("nginx auth_request").p99Micros();
        double checks = 1 - gateway.perSecond() / medians.get("proxy without checks").perSecond();
        System.out.printf(
            "gateway / auth_request %.2f (at least 1.0), / proxy_pass %.2f (at least 0.6), p99 / auth_request's %.2f (at most 2), checks cost %.0f %%%n",
            toAuth, toPlain, tail, 100 * checks);
        assertThat(toAuth).as("throughput to nginx auth_request").isGreaterThanOrEqualTo(1.0);
        assertThat(toPlain).as("throughput to nginx proxy_pass").isGreaterThanOrEqualTo(0.6);
        assertThat(tail).as("p99 to nginx auth_request").isLessThanOrEqualTo(2);
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
