// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.secrets;

import dev.postern.local.parts.Database;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Everything that a stack has written anywhere, piece by piece, each with the place where it lies. Twice where it could be compressed: as files, and as what
 * its owner reads in them. Bytes are given as ISO 8859-1, one character each.
 */
final class Remembered {
    private static final int FILE_BYTES_MAX = 256 * 1024 * 1024;
    private static final Duration POLL = Duration.ofMillis(500);

    private Remembered() {}

    /** Every file below a folder, but those of the names given. */
    static void files(Path folder, Set<String> leftOut, BiConsumer<String, String> piece) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).filter(file -> leftOut.stream().noneMatch(name -> file.getFileName().toString().endsWith(name))).toList();
        }
        for (Path file : files) {
            try {
                if (Files.size(file) > FILE_BYTES_MAX) {
                    throw new AssertionError("too large to be read whole: " + file);
                }
                piece.accept(folder.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            } catch (java.nio.file.NoSuchFileException removedMeanwhile) {
                continue;
            }
        }
    }

    /** Every value of every table of every service's database. */
    static void rows(LocalStack stack, BiConsumer<String, String> piece) throws SQLException {
        for (ServiceProcess service : stack.services()) {
            Database database = stack.database(service.name());
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                List<String> tables = new ArrayList<>();
                try (ResultSet names = statement
                    .executeQuery("SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables "
                        + "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")) {
                    while (names.next()) {
                        tables.add(names.getString(1));
                    }
                }
                tables.add("pg_catalog.pg_stat_activity");
                for (String table : tables) {
                    try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                        values(database.name() + " " + table, rows, piece);
                    }
                }
            }
        }
    }

    private static void values(String table, ResultSet rows, BiConsumer<String, String> piece) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        while (rows.next()) {
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                if (columns.getColumnType(i) == Types.BINARY) {
                    byte[] bytes = rows.getBytes(i);
                    if (bytes != null) {
                        piece.accept(table + "." + columns.getColumnName(i), new String(bytes, StandardCharsets.ISO_8859_1));
                    }
                } else if (rows.getString(i) != null) {
                    piece.accept(table + "." + columns.getColumnName(i), rows.getString(i));
                }
            }
        }
    }

    /** Every record of every topic: key, headers, value. */
    static void records(LocalStack stack, BiConsumer<String, String> piece) {
        Map<String, Object> settings = Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "auto.offset.reset", "earliest", "enable.auto.commit",
            "false");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = consumer.listTopics().values().stream().flatMap(List::stream)
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).collect(Collectors.toSet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    StringBuilder text = new StringBuilder(text(record.key())).append(' ').append(text(record.value()));
                    for (Header header : record.headers()) {
                        text.append(' ').append(header.key()).append(": ").append(text(header.value()));
                    }
                    piece.accept("topic " + record.topic(), text.toString());
                }
            }
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
