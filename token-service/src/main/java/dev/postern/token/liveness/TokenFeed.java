// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import dev.postern.events.Event;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import dev.postern.events.Topic;
import dev.postern.messaging.CloudEventRecords;
import dev.postern.token.LogKeys;
import dev.postern.token.status.TokenTable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/**
 * Reads token-issued and token-revoked into the table, every replica all of it from the beginning: no group, no offsets kept. It says what tokens
 * open, and makes revocations known some milliseconds after their commit. Nothing is proved by it, so it may lag, stop and begin again.
 */
public class TokenFeed {
    private static final Logger LOG = Logger.getLogger(TokenFeed.class);
    private static final List<String> TOPICS = List.of(Topic.TOKEN_ISSUED.topicName(), Topic.TOKEN_REVOKED.topicName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration METADATA = Duration.ofSeconds(5);
    private static final long NEW_PARTITIONS_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long BACKOFF_MS = 1_000;

    private final String bootstrapServers;
    private final TokenTable table;
    private volatile boolean stopping;
    private volatile KafkaConsumer<String, byte[]> reading;
    private Thread thread;

    /** @param table receives what is read */
    public TokenFeed(String bootstrapServers, TokenTable table) {
        this.bootstrapServers = bootstrapServers;
        this.table = table;
    }

    /** Begins to read. */
    public void start() {
        thread = new Thread(this::run, "token-feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends. */
    public void stop() {
        stopping = true;
        KafkaConsumer<String, byte[]> open = reading;
        if (open != null) {
            open.wakeup();
        }
    }

    private void run() {
        while (!stopping) {
            try (KafkaConsumer<String, byte[]> consumer = open()) {
                reading = consumer;
                read(consumer);
            } catch (WakeupException stopped) {
                return;
            } catch (KafkaException failure) {
                LOG.warnf("Token feed from Kafka failed; retrying %s%s %s%d", LogKeys.REASON, failure.getClass().getSimpleName(),
                    LogKeys.RETRY_MS, BACKOFF_MS);
                pause();
            }
        }
    }

    private KafkaConsumer<String, byte[]> open() {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
            "reconnect.backoff.max.ms", "1000", "client.id", "token-feed"), new StringDeserializer(), new ByteArrayDeserializer());
    }

    private void read(KafkaConsumer<String, byte[]> consumer) {
        long lookAgain = System.nanoTime();
        while (!stopping) {
            if (System.nanoTime() - lookAgain >= 0) {
                assign(consumer);
                lookAgain = System.nanoTime() + NEW_PARTITIONS_EVERY_NANOS;
            }
            consumer.poll(POLL).forEach(this::take);
        }
    }

    /** Positions of partitions that were assigned before stay; new ones begin at their beginning. */
    private static void assign(KafkaConsumer<String, byte[]> consumer) {
        Set<TopicPartition> partitions = new HashSet<>(consumer.assignment());
        for (String topic : TOPICS) {
            consumer.partitionsFor(topic, METADATA).forEach(found -> partitions.add(new TopicPartition(topic, found.partition())));
        }
        if (!partitions.equals(consumer.assignment())) {
            consumer.assign(partitions);
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        try {
            Event event = CloudEventRecords.read(record).event();
            if (event instanceof TokenIssued issued && issued.validUntil().isAfter(Instant.now())) {
                if (!table.issued(issued, DetailsDigest.of(issued.authorizationDetails()), System.nanoTime())) {
                    LOG.warnf("Record token-issued differs from the token's row; ignored, check who writes to the topic %s%s",
                        LogKeys.REQUEST, issued.requestId());
                }
            } else if (event instanceof TokenRevoked revoked) {
                table.revoked(revoked);
            }
        } catch (CloudEventRecords.Unreadable unreadable) {
            LOG.warnf("Token record unreadable; skipped, using PostgreSQL instead %s%s", LogKeys.REASON, unreadable.getMessage());
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BACKOFF_MS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
