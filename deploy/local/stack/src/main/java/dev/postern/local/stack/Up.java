// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.PartFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** {@code deploy/local/up}: starts the stack, says where everything is, ends it on Ctrl-C. */
public final class Up {
    static final String PID_FILE = "up.pid";
    private static final int WRONG_USE = 2;
    private static final int NOT_STARTED = 1;

    private Up() {
    }

    public static void main(String... arguments) throws Exception {
        Path root = Path.of(System.getProperty("postern.root")).toAbsolutePath().normalize();
        useRepositoryOfTheBuild();
        if (List.of(arguments).contains("--help")) {
            System.out.println(UpOptions.USAGE);
            return;
        }
        UpOptions options;
        try {
            options = UpOptions.parse(root, List.of(arguments), System.getenv());
        } catch (UpOptions.Wrong e) {
            System.err.println(e.getMessage() + "\n" + UpOptions.USAGE);
            System.exit(WRONG_USE);
            return;
        }
        StackSettings settings = options.settings();
        Optional<String> objection = Preflight.objection(settings);
        if (objection.isPresent()) {
            System.err.println(objection.get());
            System.exit(NOT_STARTED);
        }
        if (options.fresh()) {
            wipe(settings.data());
        }
        run(settings);
    }

    private static void run(StackSettings settings) throws Exception {
        Files.createDirectories(settings.data());
        Path pidFile = settings.data().resolve(PID_FILE);
        Files.writeString(pidFile, String.valueOf(ProcessHandle.current().pid()));
        LocalStack stack = new LocalStack(settings);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (Progress progress = new Progress(System.out)) {
                stack.stop(progress);
                Files.deleteIfExists(pidFile);
            } catch (IOException | RuntimeException e) {
                System.err.println("Not everything ended in order: " + e.getMessage());
            } finally {
                ended.countDown();
            }
        }, "end-in-order"));
        System.out.println("Starting Postern; data in " + settings.data() + ", logs in " + settings.logs());
        try (Progress progress = new Progress(System.out)) {
            stack.start(progress);
            StackAddresses.write(stack);
            System.out.printf(Locale.ROOT, "%nPostern is ready after %.1f s.%n%n%s%n", progress.elapsed().toMillis() / 1000.0, table(stack));
        } catch (PartFailed e) {
            System.err.println("Postern did not start; the reason stands above.");
            System.exit(NOT_STARTED);
        }
        ended.await();
    }

    static String table(LocalStack stack) {
        StringBuilder text = new StringBuilder();
        for (ServiceProcess service : stack.services()) {
            row(text, service.name(), service.url(), "OpenAPI at " + service.url() + "/q/openapi");
        }
        row(text, "DigitalOcean gateway", stack.gatewayUrl(), "the DigitalOcean API for tokens of Postern (pst_…)");
        row(text, "Keycloak", stack.keycloak().issuer(), "administrator: admin / admin-sample-password");
        row(text, "Kafka", stack.kafka().bootstrapServers(), "");
        row(text, "PostgreSQL", stack.postgres().host() + ":" + stack.postgres().port(), "databases token, policy, firewall, audit; superuser: postgres / "
            + dev.postern.local.parts.PostgresPart.SUPERUSER_PASSWORD);
        boolean simulated = stack.settings().cloud() instanceof Cloud.Simulated;
        row(text, simulated ? "simulated DigitalOcean" : "DigitalOcean", stack.cloudUrl(),
            simulated ? "account " + LocalStack.ACCOUNT + ", token " + Cloud.Simulated.SAMPLE_TOKEN : "account " + LocalStack.ACCOUNT + ", your token");
        row(text, "simulated Cloudflare", stack.edgeUrl(), "account " + LocalStack.EDGE + ", token " + LocalStack.EDGE_TOKEN);
        text.append('\n');
        for (String client : List.of("client-portal", "second-portal", KeycloakTokens.CONSOLE)) {
            row(text, "client " + client, KeycloakTokens.secretOf(client), "");
        }
        row(text, "person olga", KeycloakTokens.passwordOf("olga"),
            "operator; likewise paul (policy-author), anna (approver), audrey (auditor), rita (requester)");
        text.append("\nLogs: ").append(stack.logs()).append("\nNext: deploy/local/demo   End: Ctrl-C, or deploy/local/down\n");
        return text.toString();
    }

    private static void row(StringBuilder text, String what, String where, String remark) {
        text.append(String.format(Locale.ROOT, "  %-24s %-42s %s", what, where, remark).stripTrailing()).append('\n');
    }

    /** A build with another local Maven repository has its parts there. */
    static void useRepositoryOfTheBuild() throws IOException {
        if (System.getProperty("postern.maven.repository") != null) {
            return;
        }
        Properties properties = new Properties();
        try (InputStream stream = Up.class.getResourceAsStream("build.properties")) {
            properties.load(stream);
        }
        System.setProperty("postern.maven.repository", properties.getProperty("maven.repository"));
    }

    private static void wipe(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return;
        }
        boolean ours = Stream.of("logs", "run", "kafka", "postgres", PID_FILE).anyMatch(name -> Files.exists(data.resolve(name)));
        if (!ours) {
            return;
        }
        for (String name : List.of("logs", "run", "kafka", "postgres", "keycloak", PID_FILE, StackAddresses.FILE)) {
            BuiltApplication.remove(data.resolve(name));
        }
    }
}
