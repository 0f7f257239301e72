// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import dev.postern.local.parts.RealParts;
import dev.postern.messaging.CloudEventRecords;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The other end of the wire: what the other services send, and what they see. */
public final class Wire implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final URI PEER = URI.create("/token-service");
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers(), "acks", "all"), new StringSerializer(), new ByteArraySerializer());

    void send(Event event) throws Exception {
        producer.send(CloudEventRecords.write(event, PEER, Optional.empty())).get();
    }

    /** The same event under another id, as no service of ours would send it. */
    void sendWithId(Event event, String id) throws Exception {
        ProducerRecord<String, byte[]> record = CloudEventRecords.write(event, PEER, Optional.empty());
        record.headers().remove("ce_id").add("ce_id", id.getBytes(StandardCharsets.UTF_8));
        producer.send(record).get();
    }

    /** Every decision on the request that is published up to now. */
    static List<AccessDecided> decisions(AccessRequested request) {
        return published(Topic.ACCESS_DECIDED, request.key()).stream().map(AccessDecided.class::cast).toList();
    }

    public static List<Event> published(Topic topic, String key) {
        return published(topic, Set.of(key));
    }

    /** A name that falls into the same partition as {@code key}, by Kafka's own rule. */
    static String nameInPartitionOf(String key, String prefix) {
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
        return IntStream.range(0, 1_000).mapToObj(number -> prefix + number)
            .filter(name -> BuiltInPartitioner.partitionForKey(name.getBytes(StandardCharsets.UTF_8), PARTITIONS) == partition).findFirst().orElseThrow();
    }

    static List<Event> published(Topic topic, Set<String> keys) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers()),
            new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.topicName()).stream()
                .map(partition -> new TopicPartition(topic.topicName(), partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<Event> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    if (keys.contains(record.key())) {
                        found.add(read(topic, record.value()));
                    }
                });
            }
            return found;
        }
    }

    private static Event read(Topic topic, byte[] payload) {
        try {
            return EventJson.read(topic, payload);
        } catch (EventJson.Unreadable unreadable) {
            throw new AssertionError("an event that nobody can read was published", unreadable);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
