// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import dev.postern.events.Event;
import dev.postern.local.parts.RealParts;
import dev.postern.messaging.CloudEventRecords;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The other end of the wire: what the other services send, and what they see. */
public final class Wire {
    private static final List<Event> SEEN = new CopyOnWriteArrayList<>();
    private static KafkaProducer<String, byte[]> producer;
    private static Thread reader;
    private static String brokers;

    private Wire() {}

    /** The tests of this class loader have a broker of their own, which no other service reads from. Said before anything is sent or seen. */
    public static synchronized void on(String bootstrapServers) {
        brokers = bootstrapServers;
    }

    private static synchronized String bootstrapServers() {
        return brokers == null ? RealParts.kafka().bootstrapServers() : brokers;
    }

    /** Publishes an event as {@code service} would; returns when the broker has it. */
    public static void send(String service, Event event) {
        send(CloudEventRecords.write(event, URI.create("/" + service), Optional.empty()));
    }

    /** Publishes a record as it is. */
    public static synchronized void send(ProducerRecord<String, byte[]> record) {
        if (producer == null) {
            producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrapServers(), "acks", "all"),
                new StringSerializer(), new ByteArraySerializer());
        }
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError("not published", failure);
        }
    }

    /** Returns the published events of this type so far; more arrive while the tests run. */
    public static synchronized <E extends Event> List<E> seen(Class<E> type, Predicate<E> which) {
        if (reader == null) {
            reader = new Thread(Wire::read, "wire");
            reader.setDaemon(true);
            reader.start();
        }
        return SEEN.stream().filter(type::isInstance).map(type::cast).filter(which).toList();
    }

    private static void read() {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers(), "group.id", "wire", "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"),
            new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("firewall-changed", "service-protected"));
            while (true) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> SEEN.add(event(record)));
            }
        }
    }

    private static Event event(ConsumerRecord<String, byte[]> record) {
        try {
            return CloudEventRecords.read(record).event();
        } catch (CloudEventRecords.Unreadable unreadable) {
            throw new AssertionError("an event that nobody can read was published", unreadable);
        }
    }
}
