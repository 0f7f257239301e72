// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/** Keycloak in a container. */
final class ContainerKeycloak implements KeycloakPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(300);
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);
    private static final int PORT_INSIDE = 8080;

    private final ContainerHandle container;
    private final String host;
    private final int port;

    private ContainerKeycloak(String id, String host, int port) {
        this.container = new ContainerHandle(id);
        this.host = host;
        this.port = port;
    }

    static String[] run() {
        int port = FreePorts.next();
        String host = ContainerHandle.LOOPBACK.equals(ContainerHandle.host()) ? "localhost" : ContainerHandle.host();
        GenericContainer<?> container = new GenericContainer<>(Images.of("keycloak"))
            .withEnv("KC_BOOTSTRAP_ADMIN_USERNAME", "admin")
            .withEnv("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin-sample-password")
            // The image sizes its heap by the machine's memory where the container has no limit of its own: half of it to begin with.
            .withEnv("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m")
            .withEnv("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1")
            .withCopyToContainer(Transferable.of(EmbeddedKeycloak.realmFile(), 0644), "/opt/keycloak/data/import/postern-realm.json")
            .withCommand("start-dev", "--import-realm", "--http-host=0.0.0.0", "--hostname=http://" + host + ":" + port)
            .waitingFor(Wait.forHttp("/realms/" + REALM + "/.well-known/openid-configuration").forPort(PORT_INSIDE)
                .withReadTimeout(READ_LIMIT).withStartupTimeout(START_LIMIT));
        ContainerHandle.start("keycloak", container, port, PORT_INSIDE);
        return new String[] {"container", container.getContainerId(), host, String.valueOf(port)};
    }

    static ContainerKeycloak known(String[] known) {
        return new ContainerKeycloak(known[1], known[2], Integer.parseInt(known[3]));
    }

    @Override
    public String url() {
        return "http://" + host + ":" + port;
    }

    @Override
    public void start() {
        container.start();
        Waiting.until("Keycloak at " + url(), START_LIMIT, () -> KeycloakTokens.discoveryAnswers(issuer()));
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
