// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import dev.postern.events.Topic;
import dev.postern.events.Topics;
import dev.postern.local.parts.RealParts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The other end of the wire: what a peer sends, and what a peer sees. */
final class Wire implements AutoCloseable {
    static final URI PEER = URI.create("/peer");
    private final KafkaProducer<String, byte[]> producer;

    Wire() {
        createTopics();
        producer = new KafkaProducer<>(ProducerSettings.durable(RealParts.kafka().bootstrapServers()));
    }

    static void createTopics() {
        RealParts.kafka().createTopics(Topics.definitions().stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1)).toList());
    }

    void send(Event event) throws Exception {
        send(CloudEventRecords.write(event, PEER, Optional.empty()));
    }

    void send(ProducerRecord<String, byte[]> record) throws Exception {
        producer.send(record).get();
    }

    /** Records of a topic from its beginning, until enough of them match or the time is over. */
    static List<ConsumerRecord<String, byte[]>> read(String topic, Predicate<ConsumerRecord<String, byte[]>> wanted, int enough, Duration within) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            Instant until = Instant.now().plus(within);
            while (found.size() < enough && Instant.now().isBefore(until)) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (wanted.test(record)) {
                        found.add(record);
                    }
                });
            }
            return found;
        }
    }

    /** All records of a topic that match, up to its end as it is now. */
    static List<ConsumerRecord<String, byte[]>> readAll(String topic, Predicate<ConsumerRecord<String, byte[]>> wanted) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (wanted.test(record)) {
                        found.add(record);
                    }
                });
            }
            return found;
        }
    }

    static List<ConsumerRecord<String, byte[]>> ended(Event request) {
        return readAll(Topic.ACCESS_ENDED.topicName(), record -> request.key().equals(record.key()));
    }

    private static KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers()), new StringDeserializer(),
            new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        producer.close();
    }
}
