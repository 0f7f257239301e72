// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/** A real broker in a JVM of its own, from the artifacts of Maven: about 2 seconds and 210 MiB. */
public final class EmbeddedKafka implements KafkaPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    private final Path folder;
    private final int port;
    private final int controllerPort;
    private final SupervisedProcess process;

    private EmbeddedKafka(Path folder, int port, int controllerPort, SupervisedProcess process) {
        this.folder = folder;
        this.port = port;
        this.controllerPort = controllerPort;
        this.process = process;
    }

    /** A broker whose data lie in {@code folder} and whose log is {@code log}; nothing is started yet. */
    public static EmbeddedKafka at(Path folder, Path log, int port, int controllerPort) {
        return new EmbeddedKafka(folder, port, controllerPort, SupervisedProcess.named("kafka", folder, log));
    }

    /** The same; the folder is removed when this JVM has ended. */
    public EmbeddedKafka sweeping() {
        return new EmbeddedKafka(folder, port, controllerPort, process.sweeping(folder));
    }

    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void start() {
        launch();
        awaitReady();
    }

    /** Starts the process without waiting for it. */
    public void launch() {
        Path settings = writeSettings();
        process.start(List.of(
            JavaCommand.path(), "-Xmx256m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS", "-Dlog4j2.statusLoggerLevel=OFF",
            "-cp", LocalRepository.brokerClassPath(), BrokerMain.class.getName(), settings.toString()), Map.of(), folder);
    }

    /** Waits until the broker answers and knows itself as a live node. */
    public void awaitReady() {
        process.await("Kafka on port " + port, START_LIMIT, () -> FreePorts.answers("127.0.0.1", port));
        try (Admin admin = admin()) {
            process.await("Kafka on port " + port, START_LIMIT, () -> !admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty());
        }
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void pause() {
        process.signal("STOP");
    }

    @Override
    public void resume() {
        process.signal("CONT");
    }

    @Override
    public boolean isRunning() {
        return process.isRunning();
    }

    /** The process, for those who measure or kill it. */
    public SupervisedProcess process() {
        return process;
    }

    private Path writeSettings() {
        Properties settings = new Properties();
        settings.putAll(Map.ofEntries(
            Map.entry("node.id", "1"),
            Map.entry("process.roles", "broker,controller"),
            Map.entry("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
            Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
            Map.entry("log.dirs", folder.resolve("log").toString())));
        settings.putAll(KafkaSettings.SMALL);
        Path file = folder.resolve("server.properties");
        try {
            Files.createDirectories(folder);
            try (Writer writer = Files.newBufferedWriter(file)) {
                settings.store(writer, null);
            }
        } catch (IOException e) {
            throw PartFailed.because("server.properties of Kafka could not be written", e);
        }
        return file;
    }
}
