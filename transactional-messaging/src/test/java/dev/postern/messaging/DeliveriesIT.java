// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequested;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import dev.postern.local.parts.RealParts;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@LedgerApplication
class DeliveriesIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String REQUESTED = Topic.ACCESS_REQUESTED.topicName();
    private Wire wire;

    @Inject
    Ledger ledger;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void connect() {
        wire = new Wire();
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    @Test
    void anEventHasItsEffectAndWhatFollowsIsPublished() throws Exception {
        AccessRequested request = Examples.request();
        wire.send(request);
        await().atMost(SOON).untilAsserted(() -> assertThat(Wire.ended(request)).hasSize(1));
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
        ConsumerRecord<String, byte[]> ended = Wire.ended(request).get(0);
        assertThat(header(ended, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(ended, "ce_type")).isEqualTo("dev.postern.access-ended.v1");
        assertThat(header(ended, "ce_source")).isEqualTo("/ledger");
        assertThat(header(ended, "ce_subject")).isEqualTo(request.key());
        assertThat(header(ended, "content-type")).isEqualTo("application/json");
    }

    @Test
    void anEventDeliveredTwiceLeavesTheSameState() throws Exception {
        AccessRequested request = Examples.request();
        AccessRequested after = Examples.request();
        wire.send(request);
        wire.send(request);
        wire.send(new ProducerRecord<>(REQUESTED, null, after.key(), null));
        wire.send(after);
        await().atMost(SOON).untilAsserted(() -> assertThat(LedgerRows.noted(after)).isEqualTo(1));
        await().atMost(SOON).untilAsserted(() -> assertThat(LedgerRows.noted(request)).isEqualTo(1));
        wire.send(request);
        AccessRequested last = Examples.request();
        wire.send(samePartition(last, request));
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(last.key())).hasSize(1));
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
        assertThat(Wire.ended(request)).hasSize(1);
    }

    @Test
    void traceContextIsCarriedFromTheRecordToTheEventThatFollows() throws Exception {
        AccessRequested request = Examples.request();
        String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        wire.send(CloudEventRecords.write(request, Wire.PEER, Optional.of(traceparent)));
        await().atMost(SOON).untilAsserted(() -> assertThat(Wire.ended(request)).hasSize(1));
        assertThat(header(Wire.ended(request).get(0), "traceparent")).isEqualTo(traceparent);
    }

    @Test
    void poisonGoesToTheDeadLettersWithinFiveSecondsWhileTheChannelGoesOn() throws Exception {
        AccessRequested good = Examples.request();
        List<ProducerRecord<String, byte[]>> poison = List.of(
            new ProducerRecord<>(REQUESTED, 0, "poison-" + UUID.randomUUID(), new byte[] {0, 1, 2}),
            new ProducerRecord<>(REQUESTED, 0, "poison-" + UUID.randomUUID(), null),
            with(CloudEventRecords.write(good, Wire.PEER, Optional.empty()), "poison-" + UUID.randomUUID(), EventJson.write(good)),
            with(CloudEventRecords.write(good, Wire.PEER, Optional.empty()), good.key(), "{\"request_id\":7}".getBytes(StandardCharsets.UTF_8)),
            with(CloudEventRecords.write(good, Wire.PEER, Optional.empty()), good.key(), "{".repeat(5_000).getBytes(StandardCharsets.UTF_8)),
            ofType(CloudEventRecords.write(good, Wire.PEER, Optional.empty()), "dev.postern.access-requested.v2"));
        for (ProducerRecord<String, byte[]> record : poison) {
            wire.send(record);
        }
        wire.send(good);
        for (ProducerRecord<String, byte[]> record : poison) {
            List<ConsumerRecord<String, byte[]>> letters = Wire.read(Topic.ACCESS_REQUESTED.deadLetterTopic(),
                letter -> record.key().equals(letter.key()) && java.util.Arrays.equals(record.value(), letter.value()), 1, Duration.ofSeconds(5));
            assertThat(letters).as("dead letter of %s", record.key()).hasSize(1);
            assertThat(header(letters.get(0), DeadLetters.REASON)).isEqualTo("unreadable");
            assertThat(header(letters.get(0), DeadLetters.CONSUMER)).isEqualTo("ledger");
            assertThat(header(letters.get(0), DeadLetters.OFFSET)).matches("\\d+");
            assertThat(header(letters.get(0), DeadLetters.DETAIL)).isNotBlank();
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(LedgerRows.noted(good)).isEqualTo(1));
    }

    @Test
    void anEffectThatNeverSucceedsBecomesADeadLetterAndCanBeReplayed() throws Exception {
        AccessRequested refused = Examples.request(Optional.of(Ledger.REFUSED));
        AccessRequested next = Examples.request();
        wire.send(refused);
        wire.send(samePartitionAs(refused, next));
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(refused.key())).hasSize(1));
        assertThat(header(buried(refused.key()).get(0), DeadLetters.REASON)).isEqualTo("unprocessable");
        assertThat(LedgerRows.noted(refused)).isZero();
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(next.key())).hasSize(1));

        int replayed = ReplayDeadLetters.replay(RealParts.kafka().bootstrapServers(), Topic.ACCESS_REQUESTED, "ledger");
        assertThat(replayed).isPositive();
        // Still refused: it comes back as another letter, and the original headers are as they were.
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(refused.key())).hasSize(2));
        ConsumerRecord<String, byte[]> again = buried(refused.key()).get(1);
        assertThat(header(again, "ce_id")).isEqualTo(refused.id().toString());
        assertThat(again.value()).isEqualTo(EventJson.write(refused));
        assertThat(ReplayDeadLetters.replay(RealParts.kafka().bootstrapServers(), Topic.ACCESS_REQUESTED, "nobody")).isZero();
    }

    @Test
    void whatFollowsACommitHappensOnceHoweverOftenTheEffectIsTriedOrTheEventComes() throws Exception {
        AccessRequested request = Examples.request(Optional.of(Ledger.FAILS_ONCE));
        AccessRequested last = Examples.request();
        wire.send(request);
        wire.send(request);
        wire.send(samePartition(last, request));
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(last.key())).hasSize(1));
        assertThat(ledger.attempts(request)).isEqualTo(2);
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
        assertThat(ledger.afterCommits(request)).isEqualTo(1);
    }

    @Test
    void nothingFollowsACommitThatNeverCame() throws Exception {
        AccessRequested refused = Examples.request(Optional.of(Ledger.REFUSED));
        wire.send(refused);
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(refused.key())).hasSize(1));
        assertThat(ledger.afterCommits(refused)).isZero();
    }

    @Test
    void failureAfterTheCommitMakesNoDeadLetter() throws Exception {
        AccessRequested request = Examples.request(Optional.of(Ledger.FAILS_AFTER_COMMIT));
        AccessRequested last = Examples.request();
        wire.send(request);
        wire.send(samePartition(last, request));
        await().atMost(SOON).untilAsserted(() -> assertThat(buried(last.key())).hasSize(1));
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
        assertThat(buried(request.key())).isEmpty();
    }

    @Test
    void replayForOneConsumerLeavesTheLettersOfTheOthers() throws Exception {
        wire.send(letter("one"));
        wire.send(letter("other"));
        wire.send(letter("one"));
        assertThat(replay("one")).isEqualTo(2);
        assertThat(replay("one")).isZero();
        assertThat(replay("other")).isEqualTo(1);
        wire.send(letter("one"));
        assertThat(replay("other")).isZero();
        assertThat(replay(null)).isEqualTo(1);
        assertThat(replay(null)).isZero();
    }

    @Test
    void deadLettersAreCountedFromZero() {
        for (DeadLetters.Reason reason : DeadLetters.Reason.values()) {
            assertThat(metrics.find("postern_dead_letters_total")
                .tags("topic", REQUESTED, "consumer", "ledger", "reason", reason.toString()).counter()).as(reason.toString()).isNotNull();
        }
    }

    private static int replay(String consumer) throws InterruptedException {
        return ReplayDeadLetters.replay(RealParts.kafka().bootstrapServers(), Topic.TOKEN_REVOKED, consumer);
    }

    /** A letter of a topic that the ledger does not consume: nothing but replays touches it. */
    private static ProducerRecord<String, byte[]> letter(String consumer) {
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(Topic.TOKEN_REVOKED.deadLetterTopic(), 0, UUID.randomUUID().toString(), new byte[] {'x'});
        letter.headers().add(DeadLetters.CONSUMER, consumer.getBytes(StandardCharsets.UTF_8));
        return letter;
    }

    private static List<ConsumerRecord<String, byte[]>> buried(String key) {
        return Wire.readAll(Topic.ACCESS_REQUESTED.deadLetterTopic(), record -> key.equals(record.key()));
    }

    /** A record that can't be read, behind those of {@code other}: when it is buried, the others were delivered. */
    private static ProducerRecord<String, byte[]> samePartition(AccessRequested unreadable, AccessRequested other) {
        return samePartitionAs(other, unreadable);
    }

    private static ProducerRecord<String, byte[]> samePartitionAs(AccessRequested first, AccessRequested unreadable) {
        int partition = org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
            first.key().getBytes(StandardCharsets.UTF_8), Topic.ACCESS_REQUESTED.partitions());
        return new ProducerRecord<>(REQUESTED, partition, unreadable.key(), new byte[] {'x'});
    }

    private static ProducerRecord<String, byte[]> with(ProducerRecord<String, byte[]> record, String key, byte[] value) {
        return new ProducerRecord<>(record.topic(), 0, key, value, record.headers());
    }

    private static ProducerRecord<String, byte[]> ofType(ProducerRecord<String, byte[]> record, String type) {
        record.headers().remove("ce_type");
        record.headers().add("ce_type", type.getBytes(StandardCharsets.UTF_8));
        return new ProducerRecord<>(record.topic(), 0, record.key(), record.value(), record.headers());
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
