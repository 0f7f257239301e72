// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.events.Topics;
import dev.postern.local.parts.Database;
import dev.postern.local.parts.EmbeddedKafka;
import dev.postern.local.parts.EmbeddedKeycloak;
import dev.postern.local.parts.EmbeddedPostgres;
import dev.postern.local.parts.FreePorts;
import dev.postern.local.parts.JavaCommand;
import dev.postern.local.parts.KafkaPart;
import dev.postern.local.parts.SupervisedProcess;
import dev.postern.local.parts.KeycloakPart;
import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.PartFailed;
import dev.postern.local.parts.PostgresPart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The whole system on one machine, every part a process of its own: Kafka, PostgreSQL, Keycloak, the simulated clouds and the four
 * services. {@code deploy/local/up} runs it for people, journeys run it for tests. Nothing of it outlives this JVM.
 */
public final class LocalStack implements AutoCloseable {
    /** The sample account's name in the services' configuration. */
    public static final String ACCOUNT = "acme";
    /** The name of the sample account at the simulated Cloudflare. */
    public static final String EDGE = "edge";
    /** A sample: it opens nothing but the simulated Cloudflare. */
    public static final String EDGE_TOKEN = "cloudflare_simulated_local_stack";
    /** The id of that account at the simulated Cloudflare. */
    public static final String EDGE_ID = "5a3b1e0acc0000000000000000000001";
    private static final Duration CLOUD_LIMIT = Duration.ofSeconds(60);
    private static final Map<String, String> DATABASE_OF = Map.of(
        "token-service", "token", "policy-service", "policy", "firewall-sync-service", "firewall", "audit-service", "audit");

    private final StackSettings settings;
    private final EmbeddedKafka kafka;
    private final EmbeddedPostgres postgres;
    private final EmbeddedKeycloak keycloak;
    private final SupervisedProcess simulatedCloud;
    private final SupervisedProcess simulatedEdge;
    private final Map<String, ServiceProcess> services = new LinkedHashMap<>();
    private LoopbackRelay relay;

    /** A stack that is not started yet. */
    public LocalStack(StackSettings settings) {
        this.settings = settings;
        Ports ports = settings.ports();
        Path data = settings.data();
        kafka = EmbeddedKafka.at(data.resolve("kafka"), settings.log("kafka"), ports.of(StackEndpoint.KAFKA), ports.of(StackEndpoint.KAFKA_CONTROLLER));
        postgres = EmbeddedPostgres.at(data.resolve("postgres"), settings.log("postgres"), ports.of(StackEndpoint.POSTGRES),
            EmbeddedPostgres.Durability.SURVIVES_POWER_LOSS);
        keycloak = EmbeddedKeycloak.at(data.resolve("keycloak"), settings.log("keycloak"), ports.of(StackEndpoint.KEYCLOAK)).withJvm(settings.keycloakJvm());
        simulatedCloud = SupervisedProcess.named(StackEndpoint.DIGITALOCEAN.text(), data.resolve("run/digitalocean"), settings.log("digitalocean"));
        simulatedEdge = SupervisedProcess.named(StackEndpoint.CLOUDFLARE.text(), data.resolve("run/cloudflare"), settings.log("cloudflare"));
        for (StackEndpoint place : List.of(StackEndpoint.TOKEN_SERVICE, StackEndpoint.POLICY_SERVICE, StackEndpoint.FIREWALL_SYNC_SERVICE,
            StackEndpoint.AUDIT_SERVICE)) {
            String name = place.text();
            services.put(name, new ServiceProcess(name, settings, ports.of(place), environmentOf(name, ports.of(place))));
        }
    }

    /** Starts all, parts first and side by side, and returns when every service is ready and the sample policies are in. */
    public LocalStack start(Progress progress) {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            inParallel(threads, List.of(
                () -> progress.step("Kafka", "Kafka answers, topics are there", this::startKafka),
                () -> progress.step("PostgreSQL", "PostgreSQL answers, databases are there", this::startPostgres),
                () -> progress.step("Keycloak", "Keycloak answers with the realm " + KeycloakPart.REALM, keycloak::start),
                () -> startCloud(progress),
                () -> progress.step("simulated Cloudflare", "simulated Cloudflare answers", this::startEdge)));
            inParallel(threads, services.values().stream().filter(service -> settings.services().contains(service.name()))
                .<Runnable>map(service -> () -> progress.step(service.name(), service.name() + " is ready", () -> startService(service))).toList());
            if (settings.services().contains(StackEndpoint.POLICY_SERVICE.text())) {
                progress.step("policies", "sample policies are in", () -> new SamplePolicies(this).load());
            }
            relay = LoopbackRelay.start(settings.ports().byPlace().values());
            return this;
        } catch (RuntimeException e) {
            progress.say("failed: " + e.getMessage());
            stop(progress);
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void startService(ServiceProcess service) {
        service.install();
        service.start();
        service.awaitReady();
    }

    private void startKafka() {
        kafka.start();
        kafka.createTopics(Topics.definitions().stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.config())).toList());
    }

    private void startPostgres() {
        postgres.start();
        DATABASE_OF.values().forEach(postgres::createDatabase);
    }

    private void startCloud(Progress progress) {
        if (settings.cloud() instanceof Cloud.Simulated simulated) {
            progress.step("simulated DigitalOcean", "simulated DigitalOcean answers", () -> {
                int port = settings.ports().of(StackEndpoint.DIGITALOCEAN);
                simulatedCloud.start(List.of(JavaCommand.path(), "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "-cp", System.getProperty("java.class.path"), "dev.postern.local.digitalocean.Main", "--port", String.valueOf(port),
                    "--pending-changes-delay-ms", String.valueOf(simulated.pendingChangesDelay().toMillis()),
                    "--requests-per-hour", String.valueOf(simulated.requestsPerHour()),
                    "--requests-per-minute", String.valueOf(simulated.requestsPerMinute())),
                    Map.of("SIMULATED_DIGITALOCEAN_TOKEN", simulated.token()), settings.data().resolve("run/digitalocean"));
                simulatedCloud.await("simulated DigitalOcean on port " + port, CLOUD_LIMIT, () -> FreePorts.answers("127.0.0.1", port));
            });
        }
    }

    /** Without limits where the other simulation has none; else it behaves as the cloud does. */
    private void startEdge() {
        int port = settings.ports().of(StackEndpoint.CLOUDFLARE);
        List<String> command = new ArrayList<>(List.of(JavaCommand.path(), "-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-cp", System.getProperty("java.class.path"), "dev.postern.local.cloudflare.Main", "--port", String.valueOf(port), "--account", EDGE_ID));
        if (settings.cloud() instanceof Cloud.Simulated simulated && simulated.requestsPerHour() == 0) {
            command.addAll(List.of("--requests-per-five-minutes", "0",
                "--bulk-operation-delay-ms", String.valueOf(simulated.pendingChangesDelay().toMillis())));
        }
        simulatedEdge.start(command, Map.of("SIMULATED_CLOUDFLARE_TOKEN", EDGE_TOKEN), settings.data().resolve("run/cloudflare"));
        simulatedEdge.await("simulated Cloudflare on port " + port, CLOUD_LIMIT, () -> FreePorts.answers("127.0.0.1", port));
    }

    private static void inParallel(ExecutorService threads, List<Runnable> steps) {
        List<CompletableFuture<Void>> running = steps.stream().map(step -> CompletableFuture.runAsync(step, threads)).toList();
        try {
            CompletableFuture<Void> firstFailure = new CompletableFuture<>();
            running.forEach(step -> step.exceptionally(failure -> {
                firstFailure.completeExceptionally(failure);
                return null;
            }));
            CompletableFuture.anyOf(firstFailure, CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new PartFailed(String.valueOf(e.getCause()));
        }
    }

    /** Ends all in order: who uses goes before what is used. */
    public void stop(Progress progress) {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            progress.say("ending the services");
            if (relay != null) {
                relay.close();
            }
            inParallel(threads, services.values().stream().<Runnable>map(service -> service::stop).toList());
            progress.say("ending the parts");
            inParallel(threads, List.of(simulatedCloud::stop, simulatedEdge::stop, keycloak::stop, kafka::stop, postgres::stop));
            progress.say("all has ended");
        } finally {
            threads.shutdownNow();
        }
    }

    @Override
    public void close() {
        try (Progress progress = Progress.silent()) {
            stop(progress);
        }
    }

    /** One of the four services, by its name. */
    public ServiceProcess service(String name) {
        ServiceProcess service = services.get(name);
        if (service == null) {
            throw new IllegalArgumentException("No such service: " + name + "; there are " + services.keySet());
        }
        return service;
    }

    public Collection<ServiceProcess> services() {
        return services.values();
    }

    public KafkaPart kafka() {
        return kafka;
    }

    public PostgresPart postgres() {
        return postgres;
    }

    public KeycloakPart keycloak() {
        return keycloak;
    }

    /** Access tokens of the sample people and clients. */
    public KeycloakTokens tokens() {
        return keycloak.tokens();
    }

    /** Returns the URL of the provider's API. */
    public String cloudUrl() {
        return settings.cloud() instanceof Cloud.Real real ? real.url() : "http://localhost:" + settings.ports().of(StackEndpoint.DIGITALOCEAN);
    }

    /** Returns the URL of the simulated Cloudflare's API. */
    public String edgeUrl() {
        return "http://localhost:" + settings.ports().of(StackEndpoint.CLOUDFLARE);
    }

    /** Returns the URL of token-service's gateway. */
    public String gatewayUrl() {
        return "http://localhost:" + settings.ports().of(StackEndpoint.GATEWAY);
    }

    /** The database of a service, with the service's own role. */
    public Database database(String service) {
        String name = DATABASE_OF.get(service);
        return new Database(postgres.host(), postgres.port(), name, name, PostgresPart.passwordOf(name));
    }

    public StackSettings settings() {
        return settings;
    }

    /** Returns the folder of the logs: one file for each process. */
    public Path logs() {
        return settings.logs();
    }

    /** Ids of all processes that run. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        List.of(kafka.process(), postgres.process(), keycloak.process(), simulatedCloud, simulatedEdge).forEach(process -> process.pid().ifPresent(pids::add));
        services.values().forEach(service -> service.pid().ifPresent(pids::add));
        return pids;
    }

    private Map<String, String> environmentOf(String service, int port) {
        Database database = database(service);
        Map<String, String> environment = new HashMap<>();
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        // Four services share this machine's few cores: with one event loop each, a request and its database connection are never on different threads.
        environment.put("QUARKUS_VERTX_EVENT_LOOPS_POOL_SIZE", "1");
        environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        environment.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(settings.ports().of(StackEndpoint.metricsOf(service))));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("QUARKUS_DATASOURCE_REACTIVE_URL", database.reactiveUrl());
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl());
        environment.put("QUARKUS_DATASOURCE_USERNAME", database.username());
        environment.put("QUARKUS_DATASOURCE_PASSWORD", database.password());
        environment.put("QUARKUS_OIDC_AUTH_SERVER_URL", keycloak.issuer());
        environment.put("QUARKUS_OIDC_CREDENTIALS_SECRET", KeycloakTokens.secretOf(service));
        environment.put("POSTERN_PUBLIC_URL", "http://localhost:" + port);
        if (service.equals(StackEndpoint.TOKEN_SERVICE.text())) {
            int gateway = settings.ports().of(StackEndpoint.GATEWAY);
            environment.put("POSTERN_GATEWAY_DIGITALOCEAN_HOST", "127.0.0.1");
            environment.put("POSTERN_GATEWAY_DIGITALOCEAN_PORT", String.valueOf(gateway));
            environment.put("POSTERN_GATEWAY_DIGITALOCEAN_PUBLIC_URL", gatewayUrl());
            environment.put("POSTERN_FIREWALL_ACCOUNTS", EDGE);
        }
        if (service.equals(StackEndpoint.FIREWALL_SYNC_SERVICE.text()) || service.equals(StackEndpoint.TOKEN_SERVICE.text())) {
            environment.put("POSTERN_ACCOUNTS_ACME_PROVIDER", "digitalocean");
            environment.put("POSTERN_ACCOUNTS_ACME_URL", cloudUrl());
            environment.put("POSTERN_ACCOUNTS_ACME_TOKEN", settings.cloud().token());
        }
        if (service.equals(StackEndpoint.FIREWALL_SYNC_SERVICE.text())) {
            environment.put("POSTERN_ACCOUNTS_EDGE_PROVIDER", "cloudflare");
            environment.put("POSTERN_ACCOUNTS_EDGE_URL", edgeUrl());
            environment.put("POSTERN_ACCOUNTS_EDGE_TOKEN", EDGE_TOKEN);
            environment.put("POSTERN_ACCOUNTS_EDGE_ACCOUNT_ID", EDGE_ID);
        }
        if (service.equals(StackEndpoint.FIREWALL_SYNC_SERVICE.text()) && settings.cloud() instanceof Cloud.Simulated simulated
            && simulated.requestsPerHour() == 0) {
            for (String account : List.of(ACCOUNT, EDGE)) {
                String calls = "POSTERN_ACCOUNTS_" + account.toUpperCase(Locale.ROOT) + "_CALLS_PER_";
                environment.put(calls + "MINUTE", "1000000");
                environment.put(calls + "HOUR", "60000000");
            }
        }
        if (service.equals(StackEndpoint.TOKEN_SERVICE.text()) && settings.cloud() instanceof Cloud.Simulated simulated && simulated.requestsPerHour() == 0) {
            environment.put("POSTERN_GATEWAY_DIGITALOCEAN_CALLS_PER_MINUTE", "0");
            environment.put("POSTERN_GATEWAY_DIGITALOCEAN_CALLS_PER_HOUR", "0");
        }
        environment.putAll(settings.environments().getOrDefault(service, Map.of()));
        return environment;
    }
}
