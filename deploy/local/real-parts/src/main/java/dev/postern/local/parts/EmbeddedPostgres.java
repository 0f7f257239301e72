// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL server as a child process, from the binaries that zonky publishes. PostgreSQL refuses to run as root; as root it is
 * started in a user namespace of its own, where the kernel gives it another id.
 */
public final class EmbeddedPostgres implements PostgresPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(180);

    /** Durability after a crash of the machine; a crash of the server alone loses nothing in either mode. */
    public enum Durability {
        SURVIVES_POWER_LOSS, FAST
    }

    private final Path folder;
    private final int port;
    private final Durability durability;
    private final Path log;
    private final SupervisedProcess process;

    private EmbeddedPostgres(Path folder, Path log, int port, Durability durability, SupervisedProcess process) {
        this.folder = folder;
        this.log = log;
        this.port = port;
        this.durability = durability;
        this.process = process;
    }

    /** A server whose data lie in {@code folder}; nothing is started yet. */
    public static EmbeddedPostgres at(Path folder, Path log, int port, Durability durability) {
        return new EmbeddedPostgres(folder, log, port, durability, SupervisedProcess.named("postgres", folder, log).stoppedBy("INT"));
    }

    /** The same; the folder is removed when this JVM has ended. */
    public EmbeddedPostgres sweeping() {
        return new EmbeddedPostgres(folder, log, port, durability, process.sweeping(folder));
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        launch();
        awaitReady();
    }

    /** Starts the process without waiting for it, after making the cluster if there is none. */
    public void launch() {
        Path binaries = UnpackedArchive.once("postgres-" + LocalRepository.setting("postgres.version"),
            target -> UnpackedArchive.txzInJar(LocalRepository.artifact("postgres.jar"), target));
        makeCluster(binaries);
        List<String> command = withoutRoot();
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data().toString(), "-p", String.valueOf(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=64MB",
            "-c", "log_min_messages=warning", "-c", "logging_collector=off", "-c", "log_statement=none",
            "-c", "log_min_error_statement=panic", "-c", "timezone=UTC", "-c", "fsync=" + (durability == Durability.FAST ? "off" : "on"),
            "-c", "full_page_writes=" + (durability == Durability.FAST ? "off" : "on")));
        process.start(command, Map.of("LC_ALL", "C"), folder);
    }

    /** Waits until the server takes connections; starts it again when the last one's shared memory was still held. */
    public void awaitReady() {
        try {
            process.await("PostgreSQL on port " + port, START_LIMIT, this::takesConnections);
        } catch (PartFailed e) {
            if (isRunning() || !process.endOfLog().contains("shared memory block")) {
                throw e;
            }
            launch();
            process.await("PostgreSQL on port " + port, START_LIMIT, this::takesConnections);
        }
    }

    private boolean takesConnections() throws SQLException {
        if (!FreePorts.answers(host(), port)) {
            return false;
        }
        try (Connection connection = superuser("postgres").connect()) {
            return connection.isValid(5);
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
    public boolean isRunning() {
        return process.isRunning();
    }

    /** The process, for those who measure or kill it. */
    public SupervisedProcess process() {
        return process;
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void makeCluster(Path binaries) {
        if (Files.exists(data().resolve("PG_VERSION"))) {
            return;
        }
        try {
            // A torn initdb leaves a folder that the next one would refuse.
            Path making = folder.resolve("data.making");
            UnpackedArchive.remove(making);
            Files.createDirectories(folder);
            Files.createDirectories(log.getParent());
            Path password = Files.writeString(folder.resolve("password"), SUPERUSER_PASSWORD);
            List<String> command = withoutRoot();
            command.addAll(List.of(binaries.resolve("bin/initdb").toString(), "-D", making.toString(), "-U", "postgres", "-A", "scram-sha-256",
                "--pwfile=" + password, "-E", "UTF-8", "--locale=C", "--no-sync"));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("LC_ALL", "C");
            Process initdb = builder.start();
            if (!initdb.waitFor(180, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new PartFailed("initdb failed; end of " + log + ":\n" + process.endOfLog());
            }
            Files.delete(password);
            Files.move(making, data());
        } catch (IOException | InterruptedException e) {
            throw PartFailed.because("The PostgreSQL cluster in " + folder + " could not be made", e);
        }
    }

    private static List<String> withoutRoot() {
        return "root".equals(System.getProperty("user.name")) ? new ArrayList<>(List.of("unshare", "--user")) : new ArrayList<>();
    }
}
