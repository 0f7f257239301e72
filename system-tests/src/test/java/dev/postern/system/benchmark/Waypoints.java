// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark;

import dev.postern.local.stack.LocalStack;
import dev.postern.system.benchmark.OpenLatencyBenchmark.Percentiles;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Splits the time from 202 to open into legs, by timestamps of databases and Kafka, so that the services need no instrumentation. All clocks are this
 * machine's. A timestamp in a database is the begin of its transaction.
 */
final class Waypoints {
    private final Map<String, Map<String, Instant>> byName = new LinkedHashMap<>();

    private Waypoints() {}

    static Waypoints of(LocalStack stack) throws SQLException {
        Map<String, Sent> requested = sent(stack, "access-requested");
        Map<String, Sent> decided = sent(stack, "access-decided");
        Waypoints waypoints = new Waypoints();
        waypoints.byName.put("request sent to Kafka", instants(requested));
        waypoints.byName.put("policy-service begins", begun(stack, "policy-service", requested));
        waypoints.byName.put("decision sent to Kafka", instants(decided));
        waypoints.byName.put("firewall-sync-service begins", begun(stack, "firewall-sync-service", decided));
        return waypoints;
    }

    /** @param eventId the CloudEvents id */
    private record Sent(String requestId, String eventId, Instant at) {}

    private static Map<String, Instant> instants(Map<String, Sent> byEvent) {
        Map<String, Instant> instants = new HashMap<>();
        byEvent.values().forEach(each -> instants.put(each.requestId(), each.at()));
        return instants;
    }

    private static Map<String, Instant> begun(LocalStack stack, String service, Map<String, Sent> byEvent) throws SQLException {
        Map<String, Instant> found = new HashMap<>();
        try (Connection connection = stack.database(service).connect(); Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery("select event_id, received_at from inbox")) {
            while (rows.next()) {
                Sent sent = byEvent.get(rows.getString(1));
                if (sent != null) {
                    found.put(sent.requestId(), rows.getTimestamp(2).toInstant());
                }
            }
        }
        return found;
    }

    private static Map<String, Sent> sent(LocalStack stack, String topic) {
        Map<String, Sent> found = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
            new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(each -> new TopicPartition(topic, each.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
            while (partitions.stream().mapToLong(consumer::position).sum() < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    String eventId = new String(record.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
                    found.put(eventId, new Sent(record.key(), eventId, Instant.ofEpochMilli(record.timestamp())));
                }
            }
        }
        return found;
    }

    /** Returns the duration of each leg, from {@code accepted} by way of the notes to {@code open}; both by request id. */
    Map<String, Percentiles> legs(Map<String, Instant> accepted, Map<String, Instant> open) {
        Map<String, Map<String, Instant>> all = new LinkedHashMap<>(byName);
        all.put("open at the provider", open);
        Map<String, Percentiles> legs = new LinkedHashMap<>();
        Map<String, Instant> before = accepted;
        for (Map.Entry<String, Map<String, Instant>> waypoint : all.entrySet()) {
            List<Long> micros = new ArrayList<>();
            for (String id : accepted.keySet()) {
                if (before.containsKey(id) && waypoint.getValue().containsKey(id)) {
                    micros.add(ChronoUnit.MICROS.between(before.get(id), waypoint.getValue().get(id)));
                }
            }
            legs.put(waypoint.getKey() + " (" + micros.size() + ")", Percentiles.of(micros));
            before = waypoint.getValue();
        }
        return legs;
    }
}
