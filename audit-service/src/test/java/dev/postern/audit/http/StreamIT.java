// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
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
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jboss.resteasy.reactive.server.jaxrs.SseImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(AuditParts.class)
class StreamIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private final Auditor auditor = Auditor.audrey();
    private final Auditor olga = new Auditor("olga");

    @Inject
    StreamResource resource;

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
        assertThat(seen).as("at least all of ours, perhaps also what an earlier test published").hasSizeGreaterThanOrEqualTo(150);
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
                streams.add(i < AuditParts.STREAMS_PER_PERSON_MAX ? stream("", null) : new EventStream(base() + "/stream", olga.token(), null));
            }
            await().atMost(SOON).until(() -> streams.stream().noneMatch(stream -> stream.comments().isEmpty()));
            given().auth().oauth2(olga.token()).get("/stream").then().statusCode(503).header("Retry-After", equalTo("1"))
                .body("rule", equalTo("too-many-streams"));
        } finally {
            streams.forEach(EventStream::close);
        }
        await().atMost(SOON).until(() -> metrics.get("postern_stream_subscribers").gauge().value() == 0);
    }

    @Test
    void onePersonHoldsOnlySomeStreamsAndLeavesTheOthersToOthers() throws IOException {
        List<EventStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < AuditParts.STREAMS_PER_PERSON_MAX; i++) {
                streams.add(stream("", null));
            }
            given().auth().oauth2(auditor.token()).get("/stream").then().statusCode(429).header("Retry-After", equalTo("1"))
                .body("rule", equalTo("too-many-streams-of-one-person"));
            streams.add(new EventStream(base() + "/stream", olga.token(), null));
        } finally {
            streams.forEach(EventStream::close);
        }
        await().atMost(SOON).until(() -> metrics.get("postern_stream_subscribers").gauge().value() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "approval-given"})
    void streamEndsWithItsTokenAndTellsNothingAfterwards(String topic) throws Exception {
        SortedSet<Fact> facts = new TreeSet<>(topic.isEmpty() ? Set.<Fact>of() : Set.of(new Fact(Fact.Kind.TOPIC, topic)));
        Instant end = Instant.now().plusMillis(1_500);
        Subscriber subscriber = new Subscriber("nobody", new Filter(facts, Optional.empty(), Optional.empty(), Optional.empty()), -1, end, () -> {});
        Map<OutboundSseEvent, Instant> handedOut = new ConcurrentHashMap<>();
        CompletableFuture<Instant> ended = new CompletableFuture<>();
        try (Publisher publisher = new Publisher()) {
            VertxContextSupport.subscribeAndAwait(() -> {
                resource.events(subscriber, Uni.createFrom().item(-1L), new SseImpl()).subscribe().with(
                    event -> handedOut.put(event, Instant.now()), ended::completeExceptionally, () -> ended.complete(Instant.now()));
                return Uni.createFrom().voidItem();
            });
            while (!ended.isDone()) {
                publish(publisher, 1);
            }
        } catch (Throwable failed) {
            throw new IllegalStateException(failed);
        }
        assertThat(ended.get()).isBetween(end.minusMillis(50), end.plusMillis(1_000));
        assertThat(handedOut.values()).isNotEmpty().allSatisfy(at -> assertThat(at).isBefore(end.plusMillis(50)));
    }

    @Test
    void streamOfWhatNeverComesShowsThatItIsAliveWhileTheLogGrows() throws IOException {
        try (EventStream stream = stream("?topic=approval-given", Long.toString(lastIndex())); Publisher publisher = new Publisher()) {
            // Each entry wakes the stream sooner than a heartbeat is due.
            await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(200)).until(() -> {
                publish(publisher, 1);
                return stream.comments().stream().filter("alive"::equals).count() >= 3;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Last-Event-ID", "after"})
    void clientThatKnowsMoreThanTheLogHasIsTold(String how) {
        long beyond = auditor.size() + 1_000;
        var request = given().auth().oauth2(auditor.token());
        (how.equals("after") ? request.queryParam(how, beyond) : request.header(how, beyond)).get("/stream").then()
            .statusCode(409).contentType("application/problem+json").body("rule", equalTo("log-is-shorter"))
            .body("detail", containsString("you know entry " + beyond));
    }

    @Test
    void clientThatKnowsTheLastEntryWaitsForTheNext() throws IOException {
        try (EventStream stream = stream("", Long.toString(lastIndex())); Publisher publisher = new Publisher()) {
            publish(publisher, 1);
            await().atMost(SOON).until(() -> !stream.events().isEmpty());
        }
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

    /** The index of the last entry; there is one. */
    private long lastIndex() {
        if (auditor.size() == 0) {
            try (Publisher publisher = new Publisher()) {
                publish(publisher, 1);
            }
            await().atMost(SOON).until(() -> auditor.size() > 0);
        }
        return auditor.size() - 1;
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
            "somebody", Instant.parse("2026-03-01T12:00:00Z"), Optional.empty());
    }
}
