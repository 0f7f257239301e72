// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import dev.postern.local.parts.Database;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.ServiceProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Everything that the system remembers, in short: of each table the rows and a digest of them, of each topic the number of records ever written. */
final class StateOfAll {
    /** Tables that say when a timer last looked, and how often: timers go on, whoever asks what. And the hash tree over the entries, which says no more than they do. */
    private static final Set<String> DIARIES = Set.of("public.reconciliation", "public.service_condition", "public.provider_call", "public.head",
        "public.node");
    /**
     * Rows that count. Not the names that were kept for objects which never came to be, and not what is told up to a minute later: of calls that other tests
     * made at the gateway, and of refused attempts, which hostile requests are.
     */
    private static final Map<String, String> LASTING = Map.of("public.firewall_object", " WHERE object_id IS NOT NULL",
        "public.entry", " WHERE NOT facts && ARRAY['topic:api-called', 'topic:attempts-refused']",
        "public.outbox", " WHERE topic NOT IN ('api-called', 'attempts-refused', 'audit-log')");
    private static final Set<String> LEFT_OUT = Set.of("__consumer_offsets", "__transaction_state", "api-called", "attempts-refused", "audit-log");

    private StateOfAll() {}

    /** Reads the state of all services; the difference between two readings is the change between them. */
    static Map<String, String> of(LocalStack stack) {
        Map<String, String> state = new TreeMap<>();
        for (ServiceProcess service : stack.services()) {
            tables(stack.database(service.name()), state);
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
            Set<String> topics = admin.listTopics().names().get().stream().filter(topic -> !LEFT_OUT.contains(topic)).collect(Collectors.toSet());
            Map<TopicPartition, OffsetSpec> ends = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
            admin.describeTopics(topics).allTopicNames().get().values().forEach(
                topic -> topic.partitions().forEach(partition -> ends.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest())));
            Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> offsets = admin.listOffsets(ends).all().get();
            offsets.forEach((partition, offset) -> state.merge("topic " + partition.topic(), String.valueOf(offset.offset()),
                (one, other) -> String.valueOf(Long.parseLong(one) + Long.parseLong(other))));
        } catch (ExecutionException failed) {
            throw new AssertionError("Kafka could not be asked", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
        return state;
    }

    private static void tables(Database database, Map<String, String> state) {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet tables = statement.executeQuery(
                "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables "
                    + "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'")) {
                while (tables.next()) {
                    names.add(tables.getString(1));
                }
            }
            names.removeAll(DIARIES);
            for (String name : names) {
                try (ResultSet digest = statement.executeQuery(
                    "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM " + name + " t"
                        + LASTING.getOrDefault(name, ""))) {
                    digest.next();
                    state.put(database.name() + " " + name, digest.getString(1));
                }
            }
        } catch (SQLException failed) {
            throw new AssertionError("a database could not be asked: " + database.name(), failed);
        }
    }
}
