// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Sends records that a consumer can never apply to {@code <topic>.dead-letter}: bytes, key and headers unchanged, with the reason in further
 * headers. {@link ReplayDeadLetters} sends them back.
 */
@ApplicationScoped
public class DeadLetters {
    /** Prefix of all headers about the failure. */
    public static final String HEADER_PREFIX = "dead-letter-";
    /** One of {@link Reason}. */
    public static final String REASON = HEADER_PREFIX + "reason";
    /** The reason in words, without content of the record. */
    public static final String DETAIL = HEADER_PREFIX + "detail";
    /** The consumer that could not apply it. */
    public static final String CONSUMER = HEADER_PREFIX + "consumer";
    /** The partition it came from. */
    public static final String PARTITION = HEADER_PREFIX + "partition";
    /** The offset it had there. */
    public static final String OFFSET = HEADER_PREFIX + "offset";
    /** When, ISO 8601. */
    public static final String TIME = HEADER_PREFIX + "time";

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private static final int DETAIL_LENGTH_MAX = 500;
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(100);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);

    private final String bootstrapServers;
    private final MeterRegistry metrics;
    private Producer<String, byte[]> producer;

    DeadLetters(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers, MeterRegistry metrics) {
        this.bootstrapServers = bootstrapServers;
        this.metrics = metrics;
    }

    /** The reason that a record became a dead letter. */
    public enum Reason {
        /** No CloudEvent of the expected type, or against its schema. */
        UNREADABLE("unreadable"),
        /** Its effect failed each time, and not because something was away. */
        UNPROCESSABLE("unprocessable"),
        /** PostgreSQL was away for longer than a consumer waits. */
        RETRIES_EXHAUSTED("retries-exhausted");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Registers the counters of all topics that this service consumes, at 0: Prometheus' {@code increase()} of a series that begins with its first
     * event is 0, so that the first dead letter would alert nobody.
     */
    void onStart(@Observes StartupEvent start, @ConfigProperty(name = "quarkus.application.name") String service) {
        Config config = ConfigProvider.getConfig();
        for (String property : config.getPropertyNames()) {
            if (property.matches("mp\\.messaging\\.incoming\\.[^.]+\\.topics?")) {
                for (String topic : config.getOptionalValue(property, String[].class).orElse(new String[0])) {
                    Arrays.stream(Reason.values()).forEach(reason -> buried(topic.strip(), service, reason));
                }
            }
        }
    }

    private Counter buried(String topic, String consumer, Reason reason) {
        return metrics.counter("postern_dead_letters_total", "topic", topic, "consumer", consumer, "reason", reason.toString());
    }

    /** Sends a record to its dead-letter topic; done when all replicas have it, and tried until then: without it the record would be lost. */
    public Uni<Void> bury(ConsumerRecord<String, byte[]> record, String consumer, Reason reason, String detail) {
        ProducerRecord<String, byte[]> letter = letter(record, consumer, reason, detail);
        return Uni.createFrom().<Void>emitter(sent -> producer().send(letter, (metadata, failure) -> {
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.fail(failure);
            }
        })).onFailure().retry().withBackOff(BACKOFF_FIRST, BACKOFF_MAX).indefinitely().invoke(() -> {
            buried(record.topic(), consumer, reason).increment();
            LOG.error("Record sent to its dead-letter topic: " + Log.TOPIC + record.topic() + Log.PARTITION + record.partition() + Log.OFFSET + record.offset()
                + Log.CONSUMER + consumer + Log.REASON + reason + Log.DETAIL + detail);
        });
    }

    private static ProducerRecord<String, byte[]> letter(ConsumerRecord<String, byte[]> record, String consumer, Reason reason, String detail) {
        String topic = Topic.named(record.topic()).map(Topic::deadLetterTopic).orElse(record.topic() + ".dead-letter");
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(topic, record.partition(), record.key(), record.value(), record.headers());
        Headers headers = letter.headers();
        add(headers, REASON, reason.toString());
        add(headers, DETAIL, detail.length() > DETAIL_LENGTH_MAX ? detail.substring(0, DETAIL_LENGTH_MAX) : detail);
        add(headers, CONSUMER, consumer);
        add(headers, PARTITION, Integer.toString(record.partition()));
        add(headers, OFFSET, Long.toString(record.offset()));
        add(headers, TIME, Instant.now().toString());
        return letter;
    }

    private static void add(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private synchronized Producer<String, byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(ProducerSettings.durable(bootstrapServers));
        }
        return producer;
    }

    synchronized void onStop(@Observes ShutdownEvent stop) {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }
}
