// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.local.parts.RealParts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic from its beginning. */
public final class Listener implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;

    /** A reader of that topic. */
    public Listener(String topic) {
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers()), new StringDeserializer(),
            new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Records that are wanted, as soon as there are {@code count} of them; fewer if they do not come within the time. */
    public List<ConsumerRecord<String, byte[]>> await(int count, Duration within, Predicate<ConsumerRecord<String, byte[]>> wanted) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        long deadline = System.nanoTime() + within.toNanos();
        while (found.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                if (wanted.test(record)) {
                    found.add(record);
                }
            });
        }
        return found;
    }

    /** The text of a header; empty if it is not there. */
    public static String header(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
