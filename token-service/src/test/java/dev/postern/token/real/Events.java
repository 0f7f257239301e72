// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.Event;
import dev.postern.local.parts.RealParts;
import dev.postern.messaging.CloudEventRecords;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
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

/** All that travels on the real broker: what the service published, and a way to publish as another service would. */
public final class Events {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);
    private static final List<ConsumerRecord<String, byte[]>> SEEN = new CopyOnWriteArrayList<>();
    private static final List<Event> READ = new CopyOnWriteArrayList<>();
    private static KafkaProducer<String, byte[]> producer;
    private static Thread reader;

    private Events() {}

    /** The records of all topics so far; more come while the tests run. */
    public static synchronized List<ConsumerRecord<String, byte[]>> records() {
        if (reader == null) {
            reader = new Thread(Events::read, "all-events");
            reader.setDaemon(true);
            reader.start();
        }
        return SEEN;
    }

    /** The one event of this type about this request; waits for it. */
    public static <E extends Event> E one(Class<E> type, Predicate<E> which) {
        List<E> found = await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(LOOK_EVERY).until(() -> all(type, which), all -> !all.isEmpty());
        if (found.size() > 1) {
            throw new AssertionError("more than one " + type.getSimpleName() + ": " + found);
        }
        return found.get(0);
    }

    /** The events of this type so far. */
    public static <E extends Event> List<E> all(Class<E> type, Predicate<E> which) {
        records();
        return READ.stream().filter(type::isInstance).map(type::cast).filter(which).toList();
    }

    /** Publishes an event as {@code service} would. */
    public static void publish(String service, Event event) {
        publish(CloudEventRecords.write(event, URI.create("/" + service), Optional.empty()));
    }

    /** Publishes a record as it is; returns when the broker has it. */
    public static synchronized void publish(ProducerRecord<String, byte[]> record) {
        if (producer == null) {
            producer = new KafkaProducer<>(Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers(), "acks", "all"),
                new StringSerializer(), new ByteArraySerializer());
        }
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError("not published", failure);
        }
    }

    /** The key of a request's events. */
    public static AccessRequestId id(String text) {
        return AccessRequestId.of(text);
    }

    private static Optional<Event> event(ConsumerRecord<String, byte[]> record) {
        try {
            return Optional.of(CloudEventRecords.read(record).event());
        } catch (CloudEventRecords.Unreadable unreadable) {
            return Optional.empty();
        }
    }

    private static void read() {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", RealParts.kafka().bootstrapServers(), "group.id", "all-events", "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"),
            new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(Arrays.stream(TokenTopics.ALL.split(",")).map(topic -> topic.substring(0, topic.indexOf(58))).toList());
            while (true) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    SEEN.add(record);
                    event(record).ifPresent(READ::add);
                });
            }
        }
    }
}
