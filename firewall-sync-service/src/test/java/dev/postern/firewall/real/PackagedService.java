// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import dev.postern.local.parts.EmbeddedKafka;
import dev.postern.local.parts.FreePorts;
import dev.postern.local.parts.JavaCommand;
import dev.postern.local.parts.SupervisedProcess;
import dev.postern.local.parts.RealPartsResource;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The service as it is packaged, as a process that can be killed, with a broker and a database that no other service uses. For tests that are no
 * {@code @QuarkusTest}; {@link Shop} and {@link Wire} work with it.
 */
public final class PackagedService implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(120);

    private final Path folder;
    private final EmbeddedKafka kafka;
    private final SimulatedCloud clouds = new SimulatedCloud();
    private final Map<String, String> settings = new TreeMap<>();
    private final SupervisedProcess process;
    private final int port = FreePorts.next();
    private final boolean alone;

    /** Starts all but the service itself. @param database its name */
    public PackagedService(String database) throws IOException {
        this(database, true);
    }

    /** Another installation beside the service of a Quarkus test, with a broker and a database of its own, at the same simulated clouds. */
    public static PackagedService beside(String database) throws IOException {
        return new PackagedService(database, false);
    }

    private PackagedService(String database, boolean alone) throws IOException {
        this.alone = alone;
        folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "packaged-service")).toAbsolutePath(), database + "-");
        kafka = EmbeddedKafka.at(folder.resolve("kafka"), folder.resolve("kafka.log"), FreePorts.next(), FreePorts.next()).sweeping();
        process = SupervisedProcess.named("firewall-sync-service", folder, folder.resolve("service.log"));
        RealPartsResource parts = new RealPartsResource();
        parts.init(Map.of("database", database, "keycloak", "true"));
        settings.putAll(parts.start());
        kafka.start();
        kafka.createTopics(Arrays.stream(RealFirewallService.TOPICS.split(",")).map(topic -> topic.split(":"))
            .map(topic -> new NewTopic(topic[0], Integer.parseInt(topic[1]), (short) 1)).toList());
        settings.putAll(alone ? clouds.start() : SimulatedCloud.configuration());
        settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        settings.put("quarkus.oidc.credentials.secret", "firewall-sync-service-sample-secret");
        settings.put("quarkus.http.host", "127.0.0.1");
        settings.put("quarkus.http.port", String.valueOf(port));
        settings.put("quarkus.management.port", String.valueOf(FreePorts.next()));
        settings.put("postern.reconcile.every", "3600s");
        if (alone) {
            RestAssured.port = port;
            Wire.on(kafka.bootstrapServers());
        }
    }

    /** Another setting, for the next start. */
    public PackagedService with(String name, String value) {
        settings.put(name, value);
        return this;
    }

    public int port() {
        return port;
    }

    public String brokers() {
        return kafka.bootstrapServers();
    }

    /** Stops the process between two instructions (SIGSTOP), or lets it go on (SIGCONT). */
    public void frozen(boolean frozen) throws IOException, InterruptedException {
        new ProcessBuilder("kill", frozen ? "-STOP" : "-CONT", String.valueOf(process.pid().orElseThrow())).start().waitFor();
    }

    /** Starts the process and waits until it is ready. @param jvm further options of its JVM */
    public void start(String... jvm) {
        List<String> command = new ArrayList<>(List.of(JavaCommand.path(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"));
        command.addAll(List.of(jvm));
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-jar", Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath().toString()));
        process.start(command, Map.of(), folder);
        process.await("the packaged service on port " + port, READY_LIMIT, () -> FreePorts.answers("127.0.0.1", port)
            && RestAssured.given().port(port).get("/q/health/ready").statusCode() == 200);
    }

    /** kill -9: nothing is finished, nothing is said. */
    public void kill9() {
        process.kill();
    }

    @Override
    public void close() {
        process.stop();
        kafka.stop();
        if (alone) {
            clouds.stop();
            RestAssured.port = RestAssured.UNDEFINED_PORT;
        }
    }
}
