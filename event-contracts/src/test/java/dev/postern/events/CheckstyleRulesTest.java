// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AuditEvent;
import com.puppycrawl.tools.checkstyle.api.AuditListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the build's Checkstyle rules on toy sources, also below folders that are named like packages of adapters. */
class CheckstyleRulesTest {
    private static final List<String> FOLDERS = List.of("clone", "local/cloud", "system/messaging", "gateway/http");
    private static final List<String> CORES = List.of("dev.postern.events", "dev.postern.token", "dev.postern.token.operation", "dev.postern.token.call",
        "dev.postern.token.status", "dev.postern.token.port", "dev.postern.policy", "dev.postern.firewall", "dev.postern.firewall.plan",
        "dev.postern.audit", "dev.postern.token.packagethatnoruleknows", "dev.postern.firewall.packagethatnoruleknows");
    private static final List<String> ADAPTERS = List.of("dev.postern.token.gateway.digitalocean", "dev.postern.token.http1", "dev.postern.token.upstream",
        "dev.postern.token.liveness", "dev.postern.policy.kafka", "dev.postern.firewall.cloud", "dev.postern.firewall.cloud.digitalocean",
        "dev.postern.firewall.accounts", "dev.postern.audit.postgres", "dev.postern.edge", "dev.postern.messaging", "dev.postern.local.parts");

    private static final String IMPORTS = "ImportControlCheck";
    private static final String LICENCE = "// SPDX-License-Identifier: Apache-2.0\n";

    private static final Checker CHECKER = new Checker();
    private static final List<String> BROKEN = new ArrayList<>();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void loadRules() throws Exception {
        Path rules = Path.of(System.getProperty("postern.root"), ".checkstyle");
        Properties properties = new Properties();
        properties.setProperty("checkstyle.folder", rules.toString());
        CHECKER.setModuleClassLoader(Checker.class.getClassLoader());
        CHECKER.configure(ConfigurationLoader.loadConfiguration(rules.resolve("checkstyle.xml").toString(), new PropertiesExpander(properties)));
        CHECKER.addListener(new BrokenRules());
    }

    @AfterAll
    static void end() {
        CHECKER.destroy();
    }

    static Stream<Arguments> impureMembers() {
        return Stream.of(
            Arguments.of("clock", "pureCore", "Object now = Instant.now();", "java.time.Instant"),
            Arguments.of("clock as a method reference", "pureCore", "Supplier<Instant> now = Instant::now;", "java.time.Instant,java.util.function.Supplier"),
            Arguments.of("clock within an expression", "pureCore", "Object later = Optional.of(LocalDate.now().plusDays(1));",
                "java.time.LocalDate,java.util.Optional"),
            Arguments.of("clock by its qualified name", "pureCore", "Object now = java.time.Instant.now();", ""),
            Arguments.of("elapsed time", "pureCore", "long now = System.nanoTime();", ""),
            Arguments.of("elapsed time as a method reference", "pureCore", "LongSupplier now = System::nanoTime;", "java.util.function.LongSupplier"),
            Arguments.of("new id", "pureCore", "UUID id = UUID.randomUUID();", "java.util.UUID"),
            Arguments.of("new id as a method reference", "pureCore", "Supplier<UUID> ids = UUID::randomUUID;", "java.util.UUID,java.util.function.Supplier"),
            Arguments.of("randomness", "pureCore", "double chance = Math.random();", ""),
            Arguments.of("environment", "pureCore", "String home = System.getenv(\"HOME\");", ""),
            Arguments.of("clock object", IMPORTS, "Clock clock;", "java.time.Clock"),
            Arguments.of("random source", IMPORTS, "Random random;", "java.util.Random"),
            Arguments.of("thread", "pureCoreTypes", "Object thread = new Thread(() -> { });", ""),
            Arguments.of("pause", "pureCoreTypes", "void pause() throws InterruptedException { Thread.sleep(1); }", ""),
            Arguments.of("qualified name", "pureCoreImports", "Object client = java.net.http.HttpClient.newHttpClient();", ""),
            Arguments.of("HTTP client", IMPORTS, "HttpClient client;", "java.net.http.HttpClient"),
            Arguments.of("file", IMPORTS, "Path path;", "java.nio.file.Path"),
            Arguments.of("file of the old kind", IMPORTS, "File file;", "java.io.File"),
            Arguments.of("socket", IMPORTS, "Socket socket;", "java.net.Socket"),
            Arguments.of("thread pool", IMPORTS, "ExecutorService pool;", "java.util.concurrent.ExecutorService"),
            Arguments.of("database", IMPORTS, "Connection connection;", "java.sql.Connection"),
            Arguments.of("framework", IMPORTS, "Uni<String> later;", "io.smallrye.mutiny.Uni"),
            Arguments.of("annotation of a framework", IMPORTS, "@Inject Object bean;", "jakarta.inject.Inject"),
            Arguments.of("adapter of token-service", IMPORTS, "Gateway adapter;", "dev.postern.token.gateway.digitalocean.Gateway"),
            Arguments.of("adapter of audit-service", IMPORTS, "AppendNotifications adapter;", "dev.postern.audit.postgres.AppendNotifications"),
            Arguments.of("library of the adapters", IMPORTS, "Outbox outbox;", "dev.postern.messaging.Outbox"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("impureMembers")
    void rulesForbidImpureMembersInEveryCoreAndFolder(String what, String rule, String member, String imports) throws Exception {
        for (String core : CORES) {
            assertThat(check("local/cloud", core, member, imports)).as("%s in %s", what, core).contains(rule);
        }
        for (String base : FOLDERS) {
            assertThat(check(base, "dev.postern.token", member, imports)).as("%s below %s", what, base).contains(rule);
        }
    }

    @Test
    void coreComputesWithValues() throws Exception {
        for (String core : CORES) {
            assertThat(check("clone", core, "Optional<Instant> later(Instant now, UUID id) { return Optional.of(now.plusSeconds(id.version())); }",
                "java.time.Instant,java.util.Optional,java.util.UUID")).as(core).isEmpty();
        }
    }

    @Test
    void adapterReadsTheClockAndFiles() throws Exception {
        for (String base : FOLDERS) {
            for (String adapter : ADAPTERS) {
                assertThat(check(base, adapter, "Supplier<Instant> now = Instant::now; Path path; Thread thread;",
                    "java.nio.file.Path,java.time.Instant,java.util.function.Supplier"))
                    .as("%s below %s", adapter, base).isEmpty();
            }
        }
    }

    static Stream<Arguments> foreignImports() {
        return Stream.of(
            Arguments.of("dev.postern.token.http", "dev.postern.policy.DecideAccess"),
            Arguments.of("dev.postern.policy.postgres", "dev.postern.token.AccessRequest"),
            Arguments.of("dev.postern.firewall.reconcile", "dev.postern.audit.LogEntry"),
            Arguments.of("dev.postern.audit.kafka", "dev.postern.firewall.Opening"),
            Arguments.of("dev.postern.policy", "dev.postern.firewall.Opening"),
            Arguments.of("dev.postern.audit.postgres", "dev.postern.audit.http.EntryResource"),
            Arguments.of("dev.postern.audit.kafka", "dev.postern.audit.http.EntryResource"),
            Arguments.of("dev.postern.policy.postgres", "dev.postern.policy.kafka.OnAccessRequested"),
            Arguments.of("dev.postern.firewall.postgres", "dev.postern.firewall.reconcile.FirewallReconciler"),
            Arguments.of("dev.postern.firewall.cloud", "dev.postern.firewall.reconcile.FirewallReconciler"),
            Arguments.of("dev.postern.firewall", "dev.postern.firewall.budget.BudgetPolicy"),
            Arguments.of("dev.postern.firewall.plan", "dev.postern.firewall.Opening"),
            Arguments.of("dev.postern.firewall.plan", "dev.postern.firewall.budget.BudgetPolicy"),
            Arguments.of("dev.postern.firewall.plan", "dev.postern.firewall.cloud.CloudFirewall"),
            Arguments.of("dev.postern.firewall.plan", "io.smallrye.mutiny.Uni"),
            Arguments.of("dev.postern.firewall.budget", "dev.postern.firewall.cloud.CloudFirewall"),
            Arguments.of("dev.postern.firewall.budget", "dev.postern.firewall.accounts.AccountClients"),
            Arguments.of("dev.postern.firewall.budget", "dev.postern.firewall.postgres.CallCounters"),
            Arguments.of("dev.postern.firewall.budget", "io.smallrye.faulttolerance.api.TypedGuard"),
            Arguments.of("dev.postern.firewall.cloud", "dev.postern.firewall.accounts.AccountClients"),
            Arguments.of("dev.postern.firewall.cloud", "dev.postern.firewall.cloud.digitalocean.DigitalOceanProvider"),
            Arguments.of("dev.postern.firewall.cloud.digitalocean", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.cloud.cloudflare", "dev.postern.firewall.cloud.digitalocean.DigitalOceanProvider"),
            Arguments.of("dev.postern.firewall.cloud.digitalocean", "dev.postern.firewall.accounts.AccountClients"),
            Arguments.of("dev.postern.firewall.cloud.providerthatnoruleknows", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.cloud.providerthatnoruleknows", "dev.postern.firewall.postgres.CallCounters"),
            Arguments.of("dev.postern.firewall.accounts", "dev.postern.firewall.postgres.CallCounters"),
            Arguments.of("dev.postern.firewall.accounts", "dev.postern.firewall.cloud.digitalocean.DigitalOceanProvider"),
            Arguments.of("dev.postern.firewall.postgres", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.reconcile", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.reconcile", "dev.postern.firewall.http.ServiceResource"),
            Arguments.of("dev.postern.firewall.timer", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.timer", "dev.postern.firewall.kafka.OnAccessDecided"),
            Arguments.of("dev.postern.firewall.kafka", "dev.postern.firewall.http.ServiceResource"),
            Arguments.of("dev.postern.firewall.kafka", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.http", "dev.postern.firewall.kafka.OnAccessDecided"),
            Arguments.of("dev.postern.firewall.http", "dev.postern.firewall.cloud.cloudflare.CloudflareProvider"),
            Arguments.of("dev.postern.firewall.keycloak", "dev.postern.firewall.plan.PlanFirewall"),
            Arguments.of("dev.postern.firewall.reconcile", "dev.postern.firewall.timer.DriftSweep"),
            Arguments.of("dev.postern.token.gateway.digitalocean", "dev.postern.token.http.TokenResource"),
            Arguments.of("dev.postern.token.postgres", "dev.postern.token.http.TokenResource"),
            Arguments.of("dev.postern.token.timer", "dev.postern.token.gateway.digitalocean.Gateway"),
            Arguments.of("dev.postern.token", "dev.postern.token.call.CallGrant"),
            Arguments.of("dev.postern.token.operation", "dev.postern.token.call.AuthorizeCall"),
            Arguments.of("dev.postern.token.call", "dev.postern.token.status.TokenTable"),
            Arguments.of("dev.postern.token.status", "dev.postern.token.port.TokenVerifier"),
            Arguments.of("dev.postern.token.port", "dev.postern.token.http1.RequestHead"),
            Arguments.of("dev.postern.token.port", "io.vertx.core.Vertx"),
            Arguments.of("dev.postern.token.http1", "dev.postern.token.operation.Operation"),
            Arguments.of("dev.postern.token.http1", "dev.postern.token.call.CallGrant"),
            Arguments.of("dev.postern.token.http1", "dev.postern.token.gateway.digitalocean.ErrorBodies"),
            Arguments.of("dev.postern.token.upstream", "dev.postern.token.operation.Operation"),
            Arguments.of("dev.postern.token.upstream", "dev.postern.token.call.CallGrant"),
            Arguments.of("dev.postern.token.upstream", "dev.postern.token.gateway.digitalocean.Provider"),
            Arguments.of("dev.postern.token.gateway.digitalocean", "dev.postern.token.liveness.PolledTokenVerifier"),
            Arguments.of("dev.postern.token.postgres", "dev.postern.token.liveness.TokenPoller"),
            Arguments.of("dev.postern.token.liveness", "dev.postern.token.kafka.OnAccessDecided"),
            Arguments.of("dev.postern.events", "dev.postern.token.AccessRequest"));
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("foreignImports")
    void rulesForbidImportsAgainstTheRings(String from, String imported) throws Exception {
        assertThat(check("local/cloud", from, imported.substring(imported.lastIndexOf('.') + 1) + " foreign;", imported)).contains(IMPORTS);
    }

    @Test
    void budgetAnswersLaterWithoutAClockOfItsOwn() throws Exception {
        String budget = "dev.postern.firewall.budget";
        assertThat(check("local/cloud", budget, "Uni<Integer> left(Supplier<Instant> clock) { return null; }",
            "io.smallrye.mutiny.Uni,java.time.Instant,java.util.function.Supplier")).isEmpty();
        assertThat(check("local/cloud", budget, "Supplier<Instant> now = Instant::now;", "java.time.Instant,java.util.function.Supplier"))
            .containsExactly("pureCore");
        assertThat(check("local/cloud", budget, "Object thread = new Thread(() -> { });", "")).contains("pureCoreTypes");
    }

    @Test
    void providerFolderThatNoRuleKnowsImportsTheCloudPackage() throws Exception {
        assertThat(check("clone", "dev.postern.firewall.cloud.providerthatnoruleknows", "CloudProvider provider; Uni<Path> file;",
            "dev.postern.firewall.cloud.CloudProvider,dev.postern.firewall.plan.ProviderLimits,io.smallrye.mutiny.Uni,java.nio.file.Path"))
            .doesNotContain(IMPORTS);
    }

    @ParameterizedTest
    @MethodSource("processEnds")
    void onlyToolsEndTheProcess(String from, boolean refused) throws Exception {
        for (String base : FOLDERS) {
            assertThat(check(base, from, "void end() { System.exit(1); }", "").contains("noExit")).as("%s below %s", from, base).isEqualTo(refused);
            assertThat(check(base, from, "IntConsumer end = System::exit;", "java.util.function.IntConsumer").contains("noExit")).as("%s below %s", from, base)
                .isEqualTo(refused);
        }
    }

    static Stream<Arguments> processEnds() {
        return Stream.of(Arguments.of("dev.postern.local.stack", false), Arguments.of("dev.postern.token.gateway.digitalocean", true),
            Arguments.of("dev.postern.edge", true),
            Arguments.of("dev.postern.audit", true));
    }

    @Test
    void caseIsChangedForANamedLocale() throws Exception {
        assertThat(check("clone", "dev.postern.local.parts", "String lower(String text) { return text.toLowerCase(); }", "")).contains("localeNeeded");
        assertThat(check("clone", "dev.postern.token", "UnaryOperator<String> upper = String::toUpperCase;", "java.util.function.UnaryOperator"))
            .contains("localeNeeded");
        assertThat(check("clone", "dev.postern.token", "String lower(String text) { return text.toLowerCase(Locale.ROOT); }", "java.util.Locale")).isEmpty();
    }

    @Test
    void everyFileNamesItsLicenceAndEveryPackageItsPurpose() throws Exception {
        Path bare = folder.resolve("bare/src/main/java/dev/postern/token/Toy.java");
        assertThat(broken(write(bare, LICENCE + "package dev.postern.token;\n\n/** Toy. */\npublic class Toy {\n}\n"))).containsExactly("packageInfo");
        write(bare.resolveSibling("package-info.java"), LICENCE + "/** Toys. */\npackage dev.postern.token;\n");
        assertThat(broken(write(bare, "package dev.postern.token;\n\n/** Toy. */\npublic class Toy {\n}\n"))).containsExactly("licence");
    }

    /** Returns the rules that a class of this package with this member breaks when its source lies below the folder {@code base}. */
    private static List<String> check(String base, String inPackage, String member, String imports) throws Exception {
        StringBuilder source = new StringBuilder(LICENCE).append("package ").append(inPackage).append(";\n\n");
        Stream.of(imports.split(",")).filter(name -> !name.isEmpty()).forEach(name -> source.append("import ").append(name).append(";\n"));
        source.append("\n/** Toy. */\npublic class Toy {\n    ").append(member).append("\n}\n");
        Path file = write(folder.resolve(base).resolve("src/main/java").resolve(inPackage.replace('.', '/')).resolve("Toy.java"), source.toString());
        write(file.resolveSibling("package-info.java"), LICENCE + "/** Toys. */\npackage " + inPackage + ";\n");
        return broken(file);
    }

    private static List<String> broken(Path file) throws Exception {
        BROKEN.clear();
        CHECKER.process(List.of(file.toFile()));
        return List.copyOf(BROKEN);
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Collects the id of each broken rule, or the simple name of its check where it has none. */
    private static final class BrokenRules implements AuditListener {
        @Override
        public void auditStarted(AuditEvent event) {
        }

        @Override
        public void auditFinished(AuditEvent event) {
        }

        @Override
        public void fileStarted(AuditEvent event) {
        }

        @Override
        public void fileFinished(AuditEvent event) {
        }

        @Override
        public void addError(AuditEvent event) {
            String check = event.getSourceName();
            BROKEN.add(event.getModuleId() != null ? event.getModuleId() : check.substring(check.lastIndexOf('.') + 1));
        }

        @Override
        public void addException(AuditEvent event, Throwable failure) {
            BROKEN.add(failure.toString());
        }
    }
}
