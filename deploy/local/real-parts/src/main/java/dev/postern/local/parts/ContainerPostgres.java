// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.sql.Connection;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The database server in a container. */
final class ContainerPostgres implements PostgresPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final int PORT_INSIDE = 5432;

    private final ContainerHandle container;
    private final String host;
    private final int port;

    private ContainerPostgres(String id, String host, int port) {
        this.container = new ContainerHandle(id);
        this.host = host;
        this.port = port;
    }

    static String[] run() {
        int port = FreePorts.next();
        GenericContainer<?> container = new GenericContainer<>(Images.of("postgres"))
            .withEnv("POSTGRES_PASSWORD", SUPERUSER_PASSWORD)
            .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200")
            // The image starts the server twice: the first one only makes the cluster.
            .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*\\s", 2).withStartupTimeout(START_LIMIT));
        ContainerHandle.start("postgres", container, port, PORT_INSIDE);
        String[] known = {"container", container.getContainerId(), ContainerHandle.host(), String.valueOf(port)};
        known(known).awaitReady();
        return known;
    }

    static ContainerPostgres known(String[] known) {
        return new ContainerPostgres(known[1], known[2], Integer.parseInt(known[3]));
    }

    private void awaitReady() {
        Waiting.until("PostgreSQL at " + host + ":" + port, START_LIMIT, () -> {
            try (Connection connection = superuser("postgres").connect()) {
                return connection.isValid(5);
            }
        });
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return port;
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
    public boolean isRunning() {
        return container.isRunning();
    }
}
