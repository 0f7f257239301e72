package dev.postern.audit.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.audit.kafka.AuditParts;
import dev.postern.audit.kafka.Golden;
import dev.postern.audit.kafka.Publisher;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.PolicyChanged;
import dev.postern.events.PolicyId;
import dev.postern.events.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class StreamIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private final Auditor auditor = Auditor.audrey();

    @Inject
    MeterRegistry metrics;

    @Test
    void newEntriesArriveByThemselvesAndInOrder() throws IOException {
        long before = auditor.size();
        try (EventStream stream = stream("", null); Publisher publisher = new Publisher()) {
            await().atMost(SOON).until(() -> !stream.comments().isEmpty());
            publish(publisher, 20);
            await().atMost(SOON).until(() -> stream.events().size() >= 20);
            List<Long> ids = ids(stream);
            assertThat(ids.get(0)).isGreaterThanOrEqualTo(before);
            assertThat(ids).containsExactlyElementsOf(LongStream.range(ids.get(0), ids.get(0) + ids.size()).boxed().toList());
            EventStream.Event first = stream.events().get(0);
            assertThat(first.name()).isEqualTo("entry");
            assertThat(new ObjectMapper().readTree(first.data()).get("index").asText()).isEqualTo(first.id());
        }
    }

    @Test
    void streamThatIsTakenUpAgainLosesNothingAndRepeatsNothing() throws IOException {
        long before = auditor.size();
        List<Long> seen = new ArrayList<>();
        String last = before == 0 ? null : Long.toString(before - 1);
        try (Publisher publisher = new Publisher()) {
            for (int round = 0; round < 5; round++) {
                publish(publisher, 30);
                try (EventStream stream = stream("", last)) {
                    int wanted = 10 + round;
                    await().atMost(SOON).until(() -> stream.events().size() >= wanted);
                    // Cut off in the middle, as a network does.
                    List<Long> got = ids(stream).subList(0, wanted);
                    seen.addAll(got);
                    last = Long.toString(got.get(got.size() - 1));
                }
            }
            try (EventStream stream = stream("", last)) {
                await().atMost(SOON).until(() -> seen.size() + stream.events().size() >= 150);
                seen.addAll(ids(stream));
            }
        }
        assertThat(seen).containsExactlyElementsOf(LongStream.range(seen.get(0), seen.get(0) + seen.size()).boxed().toList());
        assertThat(seen.get(0)).isEqualTo(before);
        assertThat(auditor.size()).isEqualTo(before + seen.size());
    }

    @Test
    void onlyTheTopicThatIsAskedForArrives() throws IOException {
        try (EventStream stream = stream("?topic=approval-given", null); Publisher publisher = new Publisher()) {
            await().atMost(SOON).until(() -> !stream.comments().isEmpty());
            publish(publisher, 5);
            publisher.send(List.of(publisher.record(Golden.of(Topic.APPROVAL_GIVEN).get(0))));
            await().atMost(SOON).until(() -> !stream.events().isEmpty());
            assertThat(stream.events()).hasSize(1).allSatisfy(event -> assertThat(event.data()).contains("approval-given"));
        }
    }

    @Test
    void silentStreamShowsThatItIsAliveAndHowFarItHasLooked() throws IOException {
        try (EventStream stream = stream("?topic=approval-given&after=0", null); Publisher publisher = new Publisher()) {
            await().atMost(SOON).until(() -> stream.comments().contains("alive"));
            publish(publisher, 3);
            long size = auditor.size();
            await().atMost(SOON).until(() -> Long.parseLong(stream.lastEventId()) >= size - 1);
        }
    }

    @Test
    void streamsThatTheirClientsLeftAreForgotten() throws IOException {
        for (int i = 0; i < 3; i++) {
            stream("", null).close();
        }
        try (Publisher publisher = new Publisher()) {
            publish(publisher, 1);
        }
        await().atMost(SOON).until(() -> metrics.get("postern_stream_subscribers").gauge().value() == 0);
    }

    @Test
    void moreStreamsThanAllowedAreToldToComeLater() throws IOException {
        List<EventStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < AuditParts.STREAMS_MAX; i++) {
                streams.add(stream("", null));
            }
            await().atMost(SOON).until(() -> streams.stream().noneMatch(stream -> stream.comments().isEmpty()));
            given().auth().oauth2(auditor.token()).get("/stream").then().statusCode(503).header("Retry-After", equalTo("1"))
                .body("rule", equalTo("too-many-streams"));
        } finally {
            streams.forEach(EventStream::close);
        }
        await().atMost(SOON).until(() -> metrics.get("postern_stream_subscribers").gauge().value() == 0);
    }

    @Test
    void clientThatTakesNothingIsDisconnected() throws IOException {
        double before = metrics.get("postern_stream_stalled_total").counter().count();
        URI url = URI.create(base());
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(1024);
            socket.connect(new java.net.InetSocketAddress(url.getHost(), url.getPort()));
            OutputStream out = socket.getOutputStream();
            out.write(("GET /stream?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + auditor.token() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            try (Publisher publisher = new Publisher()) {
                // Far more than the buffers of both sides hold.
                for (int i = 0; i < 40; i++) {
                    publisher.send(List.of(publisher.record(large())));
                }
            }
            await().atMost(Duration.ofSeconds(40)).until(() -> metrics.get("postern_stream_stalled_total").counter().count() > before);
        }
        await().atMost(SOON).until(() -> metrics.get("postern_stream_subscribers").gauge().value() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999", "1e3"})
    void idThatNoEventHadIsRefused(String id) {
        given().auth().oauth2(auditor.token()).header("Last-Event-ID", id).get("/stream").then().statusCode(400).body("rule", equalTo("invalid-event-id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic=nothing", "topic=audit-log", "after=x", "after=-1", "other=1"})
    void badQueryIsRefused(String query) {
        given().auth().oauth2(auditor.token()).get("/stream?" + query).then().statusCode(400).contentType("application/problem+json");
    }

    private EventStream stream(String query, String resumeAfter) throws IOException {
        return new EventStream(base() + "/stream" + query, auditor.token(), resumeAfter);
    }

    private static String base() {
        return io.restassured.RestAssured.baseURI + ":" + io.restassured.RestAssured.port;
    }

    private static List<Long> ids(EventStream stream) {
        return stream.events().stream().map(event -> Long.parseLong(event.id())).toList();
    }

    private static void publish(Publisher publisher, int count) {
        publisher.send(java.util.stream.IntStream.range(0, count).mapToObj(i -> publisher.record(ended("nobody"))).toList());
    }

    private static AccessEnded ended(String by) {
        return new AccessEnded(new AccessRequestId(UUID.randomUUID()), new AccountName("acme"), AccessEnded.Cause.REVOKED, Optional.of(by),
            Optional.empty(), Instant.parse("2026-03-01T12:00:00Z"));
    }

    private static PolicyChanged large() {
        return new PolicyChanged(new PolicyId("p-" + UUID.randomUUID()), 1, Optional.of("x".repeat(190_000)), false,
            "somebody", Instant.parse("2026-03-01T12:00:00Z"));
    }
}
