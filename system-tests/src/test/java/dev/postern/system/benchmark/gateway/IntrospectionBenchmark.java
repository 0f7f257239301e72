// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.Progress;
import dev.postern.local.stack.StackSettings;
import dev.postern.system.actors.ServiceResponse;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The check of a token by introspection over HTTP (RFC 7662), beside Keycloak's of its own tokens, in the same run: 32 connections, interleaved rounds,
 * medians. Keycloak is asked by a client that is in the token's audience, for it says no more than "inactive" to others, about a token of a client and about
 * one of a person, and the faster of both counts. Both sides run with the whole just-in-time compiler, as images run them; the local stack saves it, to be
 * ready soon. Needs wrk. No part of {@code mvn verify}.
 */
class IntrospectionBenchmark {
    private static final int ROUNDS = 5;
    /** Word by word what the images are given (deploy/compose/Dockerfile, deploy/kubernetes/base/every-service.yaml). */
    private static final List<String> SERVICE_JVM = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
    /** The heap, four times ours, and the collector that Keycloak's own kc.sh gives it. */
    private static final List<String> KEYCLOAK_JVM = List.of("-Xms64m", "-Xmx512m", "-XX:+UseG1GC", "-XX:MetaspaceSize=96M", "-XX:MaxMetaspaceSize=256m",
        "-XX:+ExitOnOutOfMemoryError");
    private static final String OURS = "token-service";
    private static final String CLIENTS = "Keycloak, of a client";
    private static final String PERSONS = "Keycloak, of a person";
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void introspectionBesideKeycloaks() throws Exception {
        Path root = Path.of(System.getProperty("postern.root")).toAbsolutePath();
        Path data = root.resolve("system-tests/target/introspection-benchmark-" + UUID.randomUUID());
        StackSettings settings = StackSettings.of(root).withData(data).withPorts(Ports.free()).withCloud(Cloud.Simulated.unlimited())
            .withServiceJvm(SERVICE_JVM).withKeycloakJvm(KEYCLOAK_JVM);
        try (LocalStack stack = new LocalStack(settings); Progress progress = new Progress(System.out)) {
            stack.start(progress);
            Cast cast = Cast.of(stack);
            cast.author().put("benchmark-reads-droplet", """
                permit (principal == Portal::"client-portal", action == Action::"droplet:read", resource == Resource::"do:droplet:300101");""");
            UUID id = UUID.randomUUID();
            ServiceResponse asked = cast.portal().ask(ClientPortal.apiCalls(id, "acme", "do:droplet:300101", List.of("droplet:read"), Optional.empty(),
                Duration.ofHours(1)), "prefer", "wait=30");
            assertThat(asked.json().path("status").asText()).as(asked.json().toString()).isEqualTo("granted");
            String secret = cast.portal().collect(id).expect(200, 201).json().path("token").asText();
            String portal = stack.tokens().client("client-portal");
            String basic = "Basic " + Base64.getEncoder().encodeToString((OURS + ":" + KeycloakTokens.secretOf(OURS)).getBytes(StandardCharsets.UTF_8));
            String keycloak = stack.keycloak().issuer() + "/protocol/openid-connect/token/introspect";
            Map<String, Form> forms = new LinkedHashMap<>();
            forms.put(CLIENTS, new Form(keycloak, basic, "token=" + portal));
            forms.put(PERSONS, new Form(keycloak, basic, "token=" + stack.tokens().password("olga")));
            forms.put(OURS, new Form(stack.service(OURS).url() + "/oauth2/introspect", "Bearer " + portal, "token=" + secret));
            Map<String, Wrk> all = new LinkedHashMap<>();
            for (Map.Entry<String, Form> each : forms.entrySet()) {
                Form form = each.getValue();
                all.put(each.getKey(), Wrk.postForm(form.url(), form.authorization(), form.body(), data.resolve(each.getKey() + ".lua")));
            }
            assertAllActive(forms);
            Map<String, Wrk.Round> medians = Wrk.medians(Wrk.interleaved(all, ROUNDS));
            assertAllActive(forms);
            double peer = Math.max(medians.get(CLIENTS).perSecond(), medians.get(PERSONS).perSecond());
            double ratio = medians.get(OURS).perSecond() / peer;
            System.out.printf("introspection: %.1f times Keycloak's throughput (at least 5)%n", ratio);
            assertThat(ratio).isGreaterThanOrEqualTo(5);
        }
    }

    private record Form(String url, String authorization, String body) {}

    /** A server that answers "inactive" does less work and is no peer. */
    private static void assertAllActive(Map<String, Form> forms) throws IOException, InterruptedException {
        for (Map.Entry<String, Form> each : forms.entrySet()) {
            Form form = each.getValue();
            HttpRequest request = HttpRequest.newBuilder(URI.create(form.url())).header("Authorization", form.authorization())
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form.body())).build();
            assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body()).as(each.getKey()).contains("\"active\":true");
        }
    }
}
