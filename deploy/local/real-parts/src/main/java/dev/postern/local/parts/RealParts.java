// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The real parts of this JVM's tests: one broker, one database server, one Keycloak, started when they are first asked for, gone
 * when the JVM has gone. Every class loader of the JVM gets the same ones: what is known about them is kept in system properties.
 */
public final class RealParts {
    private static final Logger LOG = Logger.getLogger(RealParts.class);
    private static final String KNOWN = "postern.real-parts.";
    private static final String FIELD = "\n";

    private RealParts() {
    }

    /** The broker, running. */
    public static KafkaPart kafka() {
        return shared("kafka", () -> {
            if (choice() == EngineChoice.Kind.CONTAINERS) {
                return ContainerKafka.run();
            }
            Path folder = testFolder("kafka");
            String[] known = {"embedded", folder.toString(), String.valueOf(FreePorts.next()), String.valueOf(FreePorts.next())};
            embeddedKafka(known).start();
            return known;
        }, known -> known[0].equals("embedded") ? embeddedKafka(known) : ContainerKafka.known(known));
    }

    /** The database server, running. */
    public static PostgresPart postgres() {
        return shared("postgres", () -> {
            if (choice() == EngineChoice.Kind.CONTAINERS) {
                return ContainerPostgres.run();
            }
            String[] known = {"embedded", testFolder("postgres").toString(), String.valueOf(FreePorts.next())};
            embeddedPostgres(known).start();
            return known;
        }, known -> known[0].equals("embedded") ? embeddedPostgres(known) : ContainerPostgres.known(known));
    }

    /** Keycloak with the realm postern, running. */
    public static KeycloakPart keycloak() {
        return shared("keycloak", () -> {
            if (choice() == EngineChoice.Kind.CONTAINERS) {
                return ContainerKeycloak.run();
            }
            String[] known = {"embedded", testFolder("keycloak").toString(), String.valueOf(FreePorts.next())};
            embeddedKeycloak(known).start();
            return known;
        }, known -> known[0].equals("embedded") ? embeddedKeycloak(known) : ContainerKeycloak.known(known));
    }

    private static EmbeddedKeycloak embeddedKeycloak(String[] known) {
        Path folder = Path.of(known[1]);
        return EmbeddedKeycloak.at(folder, folder.resolve("keycloak.log"), Integer.parseInt(known[2])).sweeping();
    }

    private static EmbeddedKafka embeddedKafka(String[] known) {
        Path folder = Path.of(known[1]);
        return EmbeddedKafka.at(folder, folder.resolve("kafka.log"), Integer.parseInt(known[2]), Integer.parseInt(known[3])).sweeping();
    }

    private static EmbeddedPostgres embeddedPostgres(String[] known) {
        Path folder = Path.of(known[1]);
        return EmbeddedPostgres.at(folder, folder.resolve("postgres.log"), Integer.parseInt(known[2]), EmbeddedPostgres.Durability.FAST).sweeping();
    }

    /** Starts the part if this JVM has none yet, and makes a handle for it. What could not be started is not tried again by the next test. */
    private static <T> T shared(String name, Supplier<String[]> start, Function<String[], T> handle) {
        // An interned string is the one monitor that all class loaders share.
        synchronized ("dev.postern.local.parts.RealParts".intern()) {
            String known = System.getProperty(KNOWN + name);
            if (known == null) {
                String failure = System.getProperty(KNOWN + name + ".failed");
                if (failure != null) {
                    throw new PartFailed("As before: " + failure);
                }
                known = String.join(FIELD, started(name, start));
                System.setProperty(KNOWN + name, known);
            }
            return handle.apply(known.split(FIELD));
        }
    }

    private static String[] started(String name, Supplier<String[]> start) {
        try {
            return start.get();
        } catch (RuntimeException e) {
            System.setProperty(KNOWN + name + ".failed", String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static EngineChoice.Kind choice() {
        String known = System.getProperty(KNOWN + "choice");
        if (known == null) {
            EngineChoice choice = EngineChoice.here();
            LOG.info(choice.toString());
            known = choice.kind().name();
            System.setProperty(KNOWN + "choice", known);
        }
        return EngineChoice.Kind.valueOf(known);
    }

    private static Path testFolder(String part) {
        String root = System.getProperty("postern.root");
        Path parent = root == null || root.isBlank() ? Path.of(System.getProperty("java.io.tmpdir")) : Path.of(root, "target", "real-parts");
        try {
            Files.createDirectories(parent);
            return Files.createTempDirectory(parent, part + "-");
        } catch (IOException e) {
            throw PartFailed.because("No folder for the data of " + part, e);
        }
    }
}
