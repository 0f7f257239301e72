package dev.postern.messaging;

import dev.postern.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The command that brings dead letters back to the topic they came from, once what kept them from being applied is mended. Consumers that applied a
 * record before know it by its id. Each letter is replayed once: the command's own consumer group remembers how far it came.
 *
 * <p>{@code java -cp … dev.postern.messaging.ReplayDeadLetters <bootstrap servers> <topic> [<consumer>]}
 */
public final class ReplayDeadLetters {
    private static final String GROUP = "replay-dead-letters";
    private static final Duration POLL = Duration.ofMillis(500);

    private ReplayDeadLetters() { }

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
     * Replays what stands in the dead-letter topic now.
     *
     * @param consumer only letters of this consumer; null for all
     * @return how many were sent again
     * @throws IllegalStateException if Kafka did not take one; those before it are not replayed again
     */
    public static int replay(String bootstrapServers, Topic topic, String consumer) throws InterruptedException {
        try (KafkaConsumer<String, byte[]> letters = new KafkaConsumer<>(consumerSettings(bootstrapServers));
             Producer<String, byte[]> producer = new KafkaProducer<>(ProducerSettings.durable(bootstrapServers))) {
            List<TopicPartition> partitions = letters.partitionsFor(topic.deadLetterTopic()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
            letters.assign(partitions);
            Map<TopicPartition, Long> ends = letters.endOffsets(partitions);
            int replayed = 0;
            while (ends.entrySet().stream().anyMatch(end -> letters.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> letter : letters.poll(POLL)) {
                    if (consumer == null || consumer.equals(header(letter, DeadLetters.CONSUMER))) {
                        send(producer, again(topic, letter));
                        replayed++;
                    }
                }
                letters.commitSync();
            }
            return replayed;
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
            ConsumerConfig.GROUP_ID_CONFIG, GROUP,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    }
}
