// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The command that brings dead letters back to the topic they came from, once what kept them from being applied is mended. Consumers that applied a
 * record before know it by its id. Each letter is replayed once: Kafka keeps, for each consumer in a group of its own, up to which offset its letters were
 * replayed. A run for one consumer therefore leaves the letters of the others to later runs.
 *
 * <p>{@code java -cp … dev.postern.messaging.ReplayDeadLetters <bootstrap servers> <topic> [<consumer>]}
 */
public final class ReplayDeadLetters {
    /** The consumer follows. */
    private static final String GROUP_PREFIX = "replay-dead-letters.";
    private static final Duration POLL = Duration.ofMillis(500);

    private ReplayDeadLetters() {}

    /** Replays the dead letters of a topic; with a third argument only those of that consumer. Prints how many. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 2 || Topic.named(arguments[1]).isEmpty()) {
            System.err.println("usage: ReplayDeadLetters <bootstrap servers> <topic> [<consumer>]; topics: "
                + Arrays.stream(Topic.values()).map(Topic::topicName).collect(Collectors.joining(", ")));
            System.exit(2);
        }
        int replayed = replay(arguments[0], Topic.named(arguments[1]).orElseThrow(), arguments.length > 2 ? arguments[2] : null);
        System.out.println("replayed " + replayed + " dead letters of " + arguments[1]);
    }

    /**
     * Replays the present records of the dead-letter topic.
     *
     * @param consumer only letters of this consumer; null for all
     * @return how many were sent again
     * @throws IllegalStateException if Kafka did not take one; those before it are not replayed again
     */
    public static int replay(String bootstrapServers, Topic topic, String consumer) throws InterruptedException {
        try (KafkaConsumer<String, byte[]> letters = new KafkaConsumer<>(consumerSettings(bootstrapServers));
             Producer<String, byte[]> producer = new KafkaProducer<>(ProducerSettings.durable(bootstrapServers));
             Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            Progress progress = new Progress(admin);
            List<TopicPartition> partitions = letters.partitionsFor(topic.deadLetterTopic()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
            letters.assign(partitions);
            letters.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = letters.endOffsets(partitions);
            int replayed = 0;
            while (ends.entrySet().stream().anyMatch(end -> letters.position(end.getKey()) < end.getValue())) {
                try {
                    for (ConsumerRecord<String, byte[]> letter : letters.poll(POLL)) {
                        String buriedBy = header(letter, DeadLetters.CONSUMER);
                        if ((consumer == null || consumer.equals(buriedBy)) && progress.isNew(buriedBy, letter)) {
                            send(producer, again(topic, letter));
                            progress.replayed(buriedBy, letter);
                            replayed++;
                        }
                    }
                } finally {
                    progress.commit();
                }
            }
            return replayed;
        }
    }

    /** Keeps for each consumer the offset behind its last replayed dead letter. */
    private static final class Progress {
        private final Admin admin;
        private final Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        private final Map<String, Map<TopicPartition, OffsetAndMetadata>> ahead = new HashMap<>();

        Progress(Admin admin) {
            this.admin = admin;
        }

        boolean isNew(String consumer, ConsumerRecord<String, byte[]> letter) throws InterruptedException {
            Map<TopicPartition, OffsetAndMetadata> offsets = committed.get(consumer);
            if (offsets == null) {
                String group = group(consumer);
                offsets = answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group));
                committed.put(consumer, offsets);
            }
            OffsetAndMetadata next = offsets.get(partition(letter));
            return next == null || letter.offset() >= next.offset();
        }

        void replayed(String consumer, ConsumerRecord<String, byte[]> letter) {
            ahead.computeIfAbsent(consumer, none -> new HashMap<>()).put(partition(letter), new OffsetAndMetadata(letter.offset() + 1));
        }

        void commit() throws InterruptedException {
            for (Map.Entry<String, Map<TopicPartition, OffsetAndMetadata>> each : ahead.entrySet()) {
                answer(admin.alterConsumerGroupOffsets(group(each.getKey()), each.getValue()).all());
            }
            ahead.clear();
        }

        private static String group(String consumer) {
            return GROUP_PREFIX + (consumer == null ? "" : consumer);
        }

        private static TopicPartition partition(ConsumerRecord<String, byte[]> letter) {
            return new TopicPartition(letter.topic(), letter.partition());
        }

        private static <T> T answer(KafkaFuture<T> asked) throws InterruptedException {
            try {
                return asked.get();
            } catch (ExecutionException refused) {
                throw new IllegalStateException("Kafka could not say or keep how far dead letters were replayed", refused.getCause());
            }
        }
    }

    private static void send(Producer<String, byte[]> producer, ProducerRecord<String, byte[]> record) throws InterruptedException {
        try {
            producer.send(record).get();
        } catch (ExecutionException refused) {
            throw new IllegalStateException("Kafka did not take a dead letter back", refused.getCause());
        }
    }

    private static ProducerRecord<String, byte[]> again(Topic topic, ConsumerRecord<String, byte[]> letter) {
        ProducerRecord<String, byte[]> again = new ProducerRecord<>(topic.topicName(), letter.partition(), letter.key(), letter.value());
        for (Header header : letter.headers()) {
            if (!header.key().startsWith(DeadLetters.HEADER_PREFIX)) {
                again.headers().add(header);
            }
        }
        return again;
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> consumerSettings(String bootstrapServers) {
        return Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    }
}
