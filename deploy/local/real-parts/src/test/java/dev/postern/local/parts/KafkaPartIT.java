// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaPartIT {
    private final KafkaPart kafka = RealParts.kafka();
    private final String topic = "kept-" + UUID.randomUUID();

    @AfterEach
    void leaveItRunning() {
        kafka.resume();
        kafka.start();
    }

    @Test
    void recordsAreKeptThroughKillMinusNineOnTheSamePort() throws Exception {
        String address = kafka.bootstrapServers();
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        send("before");
        kafka.kill();
        assertFalse(kafka.isRunning());
        kafka.start();
        send("after");
        assertEquals(address, RealParts.kafka().bootstrapServers());
        assertEquals(List.of("before", "after"), read(2));
    }

    @Test
    void recordsAreKeptThroughARestartInOrder() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        send("one");
        kafka.restart();
        assertEquals(List.of("one"), read(1));
    }

    @Test
    void aPausedBrokerAnswersNothingUntilItIsResumed() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        kafka.pause();
        assertThrows(ExecutionException.class, () -> send("into the void"));
        kafka.resume();
        send("heard");
        assertEquals("heard", read(1).get(0));
    }

    @Test
    void theBrokerCreatesNoTopicThatNobodyDecided() {
        assertThrows(ExecutionException.class, () -> send("nowhere"));
    }

    /** The markers of a transaction are what a broker sends to itself: so it must know an address of its own that it can reach. */
    @Test
    void aTransactionReachesThoseWhoReadOnlyWhatIsCommitted() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(),
            "transactional.id", topic, "max.block.ms", 30_000), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, "committed".getBytes(StandardCharsets.UTF_8)));
            producer.commitTransaction();
        }
        assertEquals(List.of("committed"), read(1));
    }

    @Test
    void resumingAndStartingABrokerThatRunsIsNoError() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        kafka.resume();
        kafka.start();
        send("still here");
        assertEquals(List.of("still here"), read(1));
    }

    @Test
    void aPausedBrokerCanBeKilled() throws Exception {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        kafka.pause();
        kafka.kill();
        assertFalse(kafka.isRunning());
        kafka.start();
        send("back");
        assertEquals(List.of("back"), read(1));
    }

    @Test
    void creatingATopicTwiceIsNoError() {
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        kafka.createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
    }

    private void send(String text) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all",
            "delivery.timeout.ms", 4_000, "request.timeout.ms", 3_000, "max.block.ms", 4_000, "linger.ms", 0),
            new ByteArraySerializer(), new ByteArraySerializer())) {
            try {
                producer.send(new ProducerRecord<>(topic, text.getBytes(StandardCharsets.UTF_8))).get(30, TimeUnit.SECONDS);
            } finally {
                producer.close(Duration.ZERO);
            }
        }
    }

    private List<String> read(int atLeast) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(),
            "isolation.level", "read_committed"),
            new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> texts = new ArrayList<>();
            Waiting.until(atLeast + " records", Duration.ofSeconds(30), () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
                return texts.size() >= atLeast;
            });
            return texts;
        }
    }
}
