// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;

/**
 * The one place that chooses between Testcontainers and the embedded parts. Containers where a container engine answers, embedded parts
 * where none does; the system property {@code postern.parts} (embedded or containers) overrides.
 */
public record EngineChoice(Kind kind, String reason) {
    /** The form of PostgreSQL, Kafka and Keycloak: containers, or processes of this machine. */
    public enum Kind { CONTAINERS, EMBEDDED }

    /** State of the container engine of this machine. */
    public enum Engine { NO_SOCKET, SILENT, UNUSABLE, ANSWERS }

    /** The rule. {@code wanted} is the value of the system property, if it is set. */
    public static EngineChoice choose(Optional<String> wanted, Engine engine) {
        if (wanted.isPresent()) {
            return switch (wanted.get()) {
                case "embedded" -> new EngineChoice(Kind.EMBEDDED, "postern.parts=embedded asks for them");
                case "containers" -> new EngineChoice(Kind.CONTAINERS, "postern.parts=containers asks for them");
                default -> throw new PartFailed("postern.parts is embedded or containers, not " + wanted.get());
            };
        }
        return switch (engine) {
            case ANSWERS -> new EngineChoice(Kind.CONTAINERS, "a container engine answers");
            case SILENT -> new EngineChoice(Kind.EMBEDDED, "a container engine is configured but does not answer");
            case UNUSABLE -> new EngineChoice(Kind.EMBEDDED, "Testcontainers cannot work with the container engine, as its own lines above say");
            case NO_SOCKET -> new EngineChoice(Kind.EMBEDDED, "there is no container engine on this machine");
        };
    }

    /** The rule applied to this machine. */
    public static EngineChoice here() {
        Optional<String> wanted = Optional.ofNullable(System.getProperty("postern.parts")).filter(value -> !value.isBlank());
        return choose(wanted, wanted.isPresent() ? Engine.NO_SOCKET : askEngine());
    }

    /** Asks Testcontainers only when there is something to ask: its search for an engine is slow and loud. */
    private static Engine askEngine() {
        String home = System.getProperty("user.home");
        String runtime = Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR")).orElse("/run/user/none");
        boolean somewhere = System.getenv("DOCKER_HOST") != null
            || Stream.of(Path.of("/var/run/docker.sock"), Path.of(runtime, "docker.sock"), Path.of(runtime, "podman", "podman.sock"),
                Path.of(home, ".docker", "run", "docker.sock"), Path.of(home, ".docker", "desktop", "docker.sock"),
                Path.of(home, ".testcontainers.properties")).anyMatch(Files::exists);
        if (!somewhere) {
            return Engine.NO_SOCKET;
        }
        try {
            return DockerClientFactory.instance().isDockerAvailable() ? Engine.ANSWERS : Engine.SILENT;
        } catch (RuntimeException e) {
            // An engine that cannot pull the helpers' images, for instance.
            return Engine.UNUSABLE;
        }
    }

    /** The one log line. */
    @Override
    public String toString() {
        return (kind == Kind.CONTAINERS ? "Real parts: containers, because " : "Real parts: embedded, because ") + reason;
    }
}
