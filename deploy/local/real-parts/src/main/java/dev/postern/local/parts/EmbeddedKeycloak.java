// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A real Keycloak as a child process, from its distribution. Slow things are done once in a clean checkout: unpacking, {@code kc.sh build}, and a
 * first start that makes the tables and imports the realm. Every instance starts with a copy of that database (about 7 seconds) and has
 * a home of its own, which shares the libraries. Java is run without kc.sh: one process to signal, and a collector of our choice.
 */
public final class EmbeddedKeycloak implements KeycloakPart {
    /** Ready soon, in little memory: for tests and for a laptop. Who measures Keycloak takes others ({@link #withJvm}). */
    public static final List<String> SMALL_JVM = List.of("-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxMetaspaceSize=256m",
        "-XX:+ExitOnOutOfMemoryError");
    private static final Logger LOG = Logger.getLogger(EmbeddedKeycloak.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(300);
    private static final Duration BUILD_LIMIT = Duration.ofSeconds(300);

    private final Path folder;
    private final int port;
    private final List<String> jvm;
    private final SupervisedProcess process;

    private EmbeddedKeycloak(Path folder, int port, List<String> jvm, SupervisedProcess process) {
        this.folder = folder;
        this.port = port;
        this.jvm = jvm;
        this.process = process;
    }

    /** A Keycloak whose data lie in {@code folder}; nothing is started yet. */
    public static EmbeddedKeycloak at(Path folder, Path log, int port) {
        return new EmbeddedKeycloak(folder, port, SMALL_JVM, SupervisedProcess.named("keycloak", folder, log));
    }

    /** The same; the folder is removed when this JVM has ended. */
    public EmbeddedKeycloak sweeping() {
        return new EmbeddedKeycloak(folder, port, jvm, process.sweeping(folder));
    }

    /** The same, in a JVM with these options in the place of {@link #SMALL_JVM}. */
    public EmbeddedKeycloak withJvm(List<String> options) {
        return new EmbeddedKeycloak(folder, port, List.copyOf(options), process);
    }

    @Override
    public String url() {
        return "http://localhost:" + port;
    }

    @Override
    public void start() {
        launch();
        awaitReady();
    }

    /** Starts the process without waiting for it; the first time in a checkout, this takes half a minute for what is done once. */
    public void launch() {
        Path installation = installation();
        Path home = folder.resolve("home");
        try {
            layOut(home, installation);
            if (!Files.isDirectory(home.resolve("data/h2")) || !preparedName().equals(preparedFrom(home))) {
                beginWithRealmFile(home, UnpackedArchive.once(preparedName(), target -> prepare(installation, target)));
            }
            run(home);
        } catch (IOException e) {
            throw PartFailed.because("Keycloak could not be started", e);
        }
    }

    /**
     * A database made from another realm file would lack what the services need now, and Keycloak leaves an existing realm alone at import: so the
     * database is set aside and begun anew. Ids of people and clients are fixed in the file, so what others remember of them stays true.
     */
    private void beginWithRealmFile(Path home, Path prepared) throws IOException {
        Path database = home.resolve("data/h2");
        if (Files.isDirectory(database)) {
            Path aside = home.resolve("data/h2-before-" + preparedName());
            UnpackedArchive.remove(aside);
            Files.move(database, aside);
            LOG.infof("Keycloak: realm file or version changed; starting with a new database, the old one is in %s", aside);
        }
        UnpackedArchive.copy(prepared.resolve("h2"), database);
        Files.writeString(home.resolve("data/prepared-from"), preparedName());
    }

    private static String preparedFrom(Path home) throws IOException {
        Path marker = home.resolve("data/prepared-from");
        return Files.exists(marker) ? Files.readString(marker) : "";
    }

    /** Waits for the realm's discovery document: the port opens earlier, and answers 503. */
    public void awaitReady() {
        process.await("Keycloak on port " + port, START_LIMIT,
            () -> FreePorts.answers("localhost", port) && KeycloakTokens.discoveryAnswers(issuer()));
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

    private void run(Path home) {
        List<String> command = new ArrayList<>(List.of(JavaCommand.path()));
        command.addAll(jvm);
        for (String open : List.of("java.util", "java.util.concurrent", "java.security", "java.lang")) {
            command.add("--add-opens=java.base/" + open + "=ALL-UNNAMED");
        }
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dfile.encoding=UTF-8", "-Duser.language=en", "-Duser.country=US",
            "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-Dpicocli.disable.closures=true",
            "-Dkc.home.dir=" + home, "-Djboss.server.config.dir=" + home.resolve("conf"),
            "-cp", home.resolve("lib/quarkus-run.jar").toString(), "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
            "start", "--optimized", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1", "--http-port=" + port,
            "--hostname=" + url(), "--cache=local", "--log-level=warn", "--http-management-host=127.0.0.1",
            "--http-management-port=" + FreePorts.next()));
        // The administrator's name and password are set when the database is made, and ignored afterwards.
        process.start(command, Map.of("KC_BOOTSTRAP_ADMIN_USERNAME", "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD", "admin-sample-password"), home);
    }

    private static Path installation() {
        return UnpackedArchive.once("keycloak-" + LocalRepository.setting("keycloak.version"), target -> {
            UnpackedArchive.zipWithoutTopFolder(LocalRepository.artifact("keycloak.zip"), target);
            Path log = target.resolve("build.log");
            ProcessBuilder builder = new ProcessBuilder("bash", target.resolve("bin/kc.sh").toString(), "build", "--db=dev-file", "--cache=local")
                .redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
            Process build = builder.start();
            if (!build.waitFor(BUILD_LIMIT.toSeconds(), TimeUnit.SECONDS) || build.exitValue() != 0) {
                build.destroyForcibly();
                throw new PartFailed("kc.sh build failed: " + Files.readString(log));
            }
        });
    }

    private static void layOut(Path home, Path installation) throws IOException {
        for (String part : List.of("conf", "providers", "data/import")) {
            Files.createDirectories(home.resolve(part));
        }
        Path lib = home.resolve("lib");
        if (!Files.exists(lib)) {
            // A link to a checkout that has been moved points nowhere.
            Files.deleteIfExists(lib);
            Files.createSymbolicLink(lib, installation.resolve("lib"));
        }
        Files.write(home.resolve("data/import/postern-realm.json"), realmFile());
    }

    /** The first start, with an empty database. */
    private static void prepare(Path installation, Path target) throws IOException {
        Path home = target.resolve("home");
        EmbeddedKeycloak first = EmbeddedKeycloak.at(target, target.resolve("keycloak.log"), FreePorts.next());
        layOut(home, installation);
        first.run(home);
        try {
            first.awaitReady();
        } finally {
            first.stop();
        }
        Files.move(home.resolve("data/h2"), target.resolve("h2"));
        UnpackedArchive.remove(home);
    }

    /** Another realm file, or another version, makes another database. */
    private static String preparedName() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(realmFile());
            return "keycloak-" + LocalRepository.setting("keycloak.version") + "-realm-" + HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The realm file, which compose and kubernetes use too. */
    static byte[] realmFile() {
        try (InputStream stream = EmbeddedKeycloak.class.getResourceAsStream("/postern-realm.json")) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw PartFailed.because("postern-realm.json could not be read", e);
        }
    }
}
