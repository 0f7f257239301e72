// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark;

import dev.postern.local.stack.LocalStack;
import dev.postern.system.benchmark.OpenLatencyBenchmark.Percentiles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Latency of the parts alone, on the stack's own broker, database and simulated provider, at the pace of the benchmark (a loop without pauses
 * would measure warmer caches than a request finds).
 *
 * @param kafka  from send to the consumer's hands, acks=all, one record at a time
 * @param commit one durable insert
 * @param http   one GET over a connection that is kept
 */
record Bare(Percentiles kafka, Percentiles commit, Percentiles http) {
    private static final int WARM_UP = 300;
    private static final int MEASURED = 200;
    private static final long PAUSE_MS = 20;
    private static final String TOPIC = "bare-benchmark";

    /** L. */
    long pathMicros() {
        return 2 * kafka.p50() + 3 * commit.p50() + 2 * http.p50();
    }

    static Bare measure(LocalStack stack) throws Exception {
        return new Bare(kafka(stack), commit(stack), http(stack));
    }

    private interface Once {
        void run() throws Exception;
    }

    private static Percentiles timed(Once once) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            once.run();
        }
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < MEASURED; i++) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            long begin = System.nanoTime();
            once.run();
            micros.add(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin));
        }
        return Percentiles.of(micros);
    }

    private static Percentiles kafka(LocalStack stack) throws Exception {
        stack.kafka().createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)));
        String servers = stack.kafka().bootstrapServers();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "acks", "all", "enable.idempotence", true, "linger.ms", 0),
            new StringSerializer(), new ByteArraySerializer());
             KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", servers),
                 new StringDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            byte[] payload = new byte[1_000];
            return timed(() -> {
                producer.send(new ProducerRecord<>(TOPIC, "key", payload));
                while (consumer.poll(Duration.ofSeconds(5)).isEmpty()) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    private static Percentiles commit(LocalStack stack) throws Exception {
        try (Connection connection = stack.database("audit-service").connect(); Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists bare_benchmark (id bigint generated always as identity primary key, payload bytea)");
            try (PreparedStatement insert = connection.prepareStatement("insert into bare_benchmark (payload) values (?)")) {
                byte[] payload = new byte[1_000];
                return timed(() -> {
                    insert.setBytes(1, payload);
                    insert.executeUpdate();
                });
            }
        }
    }

    private static Percentiles http(LocalStack stack) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.cloudUrl() + "/v2/account"))
            .header("authorization", "Bearer " + stack.settings().cloud().token()).build();
        return timed(() -> client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
    }
}
