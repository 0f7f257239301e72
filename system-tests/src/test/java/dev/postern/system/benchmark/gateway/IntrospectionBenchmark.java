package dev.postern.system.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.Progress;
import dev.postern.local.stack.StackSettings;
import dev.postern.system.actors.Answer;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
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
 * The check of a token by introspection over HTTP (RFC 7662), beside Keycloak's of its own tokens, in the same run: 32 connections, interleaved
 * rounds, medians. Both run with the whole just-in-time compiler, as images run them; the local stack saves it, to be ready soon. Needs wrk. No part of
 * {@code mvn verify}.
 */
class IntrospectionBenchmark {
    private static final int ROUNDS = 5;
    /** Word by word what the images are given (deploy/compose/Dockerfile, deploy/kubernetes/base/every-service.yaml). */
    private static final List<String> SERVICE_JVM = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
    /** The heap that Keycloak's own kc.sh gives it, four times ours, and the collector that costs the least on two cores. */
    private static final List<String> KEYCLOAK_JVM = List.of("-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:MaxMetaspaceSize=256m",
        "-XX:+ExitOnOutOfMemoryError");
    private static final String OURS = "token-service";
    private static final String PEER = "Keycloak";

    @Test
    void introspection_beside_Keycloaks() throws Exception {
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
            Answer asked = cast.portal().ask(ClientPortal.apiCalls(id, "acme", "do:droplet:300101", List.of("droplet:read"), Optional.empty(),
                Duration.ofHours(1)), "prefer", "wait=30");
            assertThat(asked.json().path("status").asText()).as(asked.json().toString()).isEqualTo("granted");
            String secret = cast.portal().collect(id).expect(200, 201).json().path("token").asText();
            String bearer = stack.tokens().client("client-portal");
            String basic = Base64.getEncoder().encodeToString("client-portal:client-portal-sample-secret".getBytes(StandardCharsets.UTF_8));
            Map<String, Wrk> all = new LinkedHashMap<>();
            all.put(PEER, Wrk.postForm(stack.keycloak().issuer() + "/protocol/openid-connect/token/introspect", "Basic " + basic, "token=" + bearer,
                data.resolve("keycloak.lua")));
            all.put(OURS, Wrk.postForm(stack.service(OURS).url() + "/oauth2/introspect", "Bearer " + bearer, "token=" + secret,
                data.resolve("token-service.lua")));
            Map<String, Wrk.Round> medians = Wrk.medians(Wrk.interleaved(all, ROUNDS));
            double ratio = medians.get(OURS).perSecond() / medians.get(PEER).perSecond();
            System.out.printf("introspection: %.1f times Keycloak's throughput (at least 5)%n", ratio);
            assertThat(ratio).isGreaterThanOrEqualTo(5);
        }
    }
}
