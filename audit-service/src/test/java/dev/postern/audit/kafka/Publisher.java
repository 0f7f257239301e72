// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.events.Event;
import dev.postern.local.parts.RealParts;
import dev.postern.messaging.CloudEventRecords;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes as a service does, under a CloudEvents source of its own, so that one test's events are never another's. */
public final class Publisher implements AutoCloseable {
    private final URI source = URI.create("/test/" + UUID.randomUUID());
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers(), "acks", "all", "linger.ms", 5), new StringSerializer(), new ByteArraySerializer());

    /** The CloudEvents source. */
    public String source() {
        return source.toString();
    }

    /** The record of an event. */
    public ProducerRecord<String, byte[]> record(Event event) {
        return CloudEventRecords.write(event, source, Optional.empty());
    }

    /** The record of a golden payload, its bytes as they stand in the file. */
    public ProducerRecord<String, byte[]> record(Golden golden) {
        ProducerRecord<String, byte[]> record = record(golden.event());
        return new ProducerRecord<>(record.topic(), null, record.key(), golden.payload(), record.headers());
    }

    /** Sends in order and waits until Kafka has them all. */
    public void send(List<ProducerRecord<String, byte[]>> records) {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
            } catch (InterruptedException | ExecutionException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
