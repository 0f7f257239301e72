// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.containers.GenericContainer;

/** The broker in a container. */
final class ContainerKafka implements KafkaPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final int PORT_INSIDE = 9092;
    /** The broker reaches itself (transaction markers, share groups) inside: the advertised address is the engine's host. */
    private static final String ITSELF = "BROKER://localhost:9094";

    private final ContainerHandle container;
    private final String bootstrapServers;

    private ContainerKafka(String id, String bootstrapServers) {
        this.container = new ContainerHandle(id);
        this.bootstrapServers = bootstrapServers;
    }

    static String[] run() {
        int port = FreePorts.next();
        String host = ContainerHandle.host();
        GenericContainer<?> container = new GenericContainer<>(Images.of("kafka"))
            .withEnv("CLUSTER_ID", "cG9zdGVybi1sb2NhbC0wMQ")
            .withEnv("KAFKA_NODE_ID", "1")
            .withEnv("KAFKA_PROCESS_ROLES", "broker,controller")
            .withEnv("KAFKA_LISTENERS", "PLAINTEXT://:" + PORT_INSIDE + "," + ITSELF + ",CONTROLLER://localhost:9093")
            .withEnv("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + host + ":" + port + "," + ITSELF)
            .withEnv("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT")
            .withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
            .withEnv("KAFKA_INTER_BROKER_LISTENER_NAME", "BROKER")
            .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
            .withEnv("KAFKA_HEAP_OPTS", "-Xmx256m")
            .withStartupTimeout(START_LIMIT);
        KafkaSettings.SMALL.forEach((key, value) -> container.withEnv("KAFKA_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
        ContainerHandle.start("kafka", container, port, PORT_INSIDE);
        String[] known = {"container", container.getContainerId(), host + ":" + port};
        known(known).awaitReady();
        return known;
    }

    static ContainerKafka known(String[] known) {
        return new ContainerKafka(known[1], known[2]);
    }

    private void awaitReady() {
        try (Admin admin = admin()) {
            Waiting.until("Kafka at " + bootstrapServers, START_LIMIT, () -> !admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void start() {
        container.start();
        awaitReady();
    }

    @Override
    public void stop() {
        container.stop();
    }

    @Override
    public void kill() {
        container.kill();
    }

    @Override
    public void pause() {
        container.pause();
    }

    @Override
    public void resume() {
        container.resume();
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }
}
