// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.PolicyId;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Texts whose check would take more memory and time than the service has, if Cedar saw them. */
class CheckCostTest {
    private static final PolicyId ID = new PolicyId("p");
    /** The cluster's limit for the container is 416 MiB, and the rest of the service takes some 120 MiB more than a bare JVM with Cedar. */
    private static final long RESIDENT_MB_MAX = 280;

    /** A permit of the first {@code actions} of the provider, with a condition. */
    private static String permit(int actions, String condition) {
        return "permit(principal, action in [" + new TreeSet<>(PolicySchema.provided().providerScopes()).stream().limit(actions)
            .map(action -> "Action::\"" + action + "\"").collect(Collectors.joining(",")) + "], resource) when { " + condition + " };";
    }

    private static String joined(String operator, int times, String part) {
        return String.join(operator, Collections.nCopies(times, part));
    }

    /** Ways to make a check costly, each by its number of repetitions. */
    private static Map<String, IntFunction<String>> costly() {
        Map<String, IntFunction<String>> shapes = new LinkedHashMap<>();
        for (int actions : new int[] {1, 20, 100}) {
            shapes.put("errors in a chain, " + actions, times -> permit(actions, joined(" && ", times, "(!(context has reason) || context.reason != \"0\")")));
            shapes.put("alternatives, " + actions, times -> permit(actions, joined(" || ", times, "context.duration_seconds > 1")));
            shapes.put("short errors, " + actions, times -> permit(actions, joined("||", times, "1")));
            shapes.put("records, " + actions, times -> permit(actions, "[" + joined(",", times, "{a:context,b:context}") + "] == [{a:context,b:context}]"));
        }
        shapes.put("one action many times", times -> "permit(principal, action in [" + joined(",", times, "Action::\"droplet:read\"") + "], resource);");
        shapes.put("patterns", times -> permit(1, joined(" || ", times, "resource.id like \"*a\"")));
        return shapes;
    }

    /** The largest text of a shape that is not refused. */
    private static String largest(IntFunction<String> shape) {
        int accepted = 1;
        int refused = 1 << 15;
        while (refused - accepted > 1) {
            int middle = (accepted + refused) / 2;
            if (CheckPolicy.brokenBounds(shape.apply(middle)).isEmpty()) {
                accepted = middle;
            } else {
                refused = middle;
            }
        }
        return shape.apply(accepted);
    }

    @Test
    void textsThatEndedTheServiceAreRefusedBeforeCedarSeesThem() {
        String both = "permit(principal, action in [Action::\"digitalocean\", Action::\"registry\"], resource) when { ";
        for (String text : List.of(
            both + joined(" && ", 900, "(!(context has reason) || context.reason != \"0\")") + " };",
            both + joined(" || ", 2_000, "context.duration_seconds > 1") + " };",
            both + joined(" || ", 1_500, "resource.id like \"*a\"") + " };",
            costly().get("one action many times").apply(2_500))) {
            PolicyFinding finding = CheckPolicy.brokenBounds(text).orElseThrow();
            assertThat(finding.rule()).isEqualTo("too-costly");
            assertThat(finding.message()).contains("tokens", "split it into several policies");
        }
    }

    @Test
    void ordinaryPoliciesOfAnySizeAreNotRefused() {
        assertThat(CheckPolicy.brokenBounds(permit(142, "context.duration_seconds <= 3600"))).isEmpty();
        assertThat(CheckPolicy.brokenBounds(permit(40, joined(" || ", 100, "resource == Resource::\"do:domain:shop.example\"")))).isEmpty();
        assertThat(CheckPolicy.brokenBounds("permit(principal, action, resource) when { " + joined(" || ", 700, "context.duration_seconds > 1") + " };"))
            .isEmpty();
    }

    @Test
    void patternsOfLikeAreBoundedTogether() {
        assertThat(CheckPolicy.brokenBounds(permit(1, "resource.id like \"" + "*a".repeat(2_000) + "\""))).isEmpty();
        assertThat(CheckPolicy.brokenBounds(permit(1, "resource.id like \"" + "*a".repeat(3_000) + "\"")).orElseThrow().rule()).isEqualTo("too-costly");
    }

    @Test
    void policyIsAsValidInTheSliceOfTheSchemaAsInTheWholeSchema() throws Exception {
        com.cedarpolicy.BasicAuthorizationEngine cedar = new com.cedarpolicy.BasicAuthorizationEngine();
        for (String text : List.of(permit(3, "context has max_calls && context.max_calls < 5"), permit(3, "context.max_calls < 5"),
            "permit(principal, action, resource) when { action == Action::\"droplet:read\" };",
            "permit(principal, action, resource) when { action == Action::\"droplet:read\" && context.body_schema };",
            "permit(principal, action, resource) when { action in Action::\"registry\" || context.body_schema };",
            "permit(principal, action, resource) when { context.entries == 1 };", "permit(principal, action, resource) when { resource.urn == \"x\" };",
            "forbid(principal, action in Action::\"digitalocean\", resource) unless { context.body_schema };",
            "forbid(principal, action in [Action::\"registry\", Action::\"firewall:open\"], resource) when { context.source.isIpv4() };")) {
            com.cedarpolicy.model.policy.PolicySet set = new com.cedarpolicy.model.policy.PolicySet(
                java.util.Set.of(new com.cedarpolicy.model.policy.Policy(text, "p")));
            boolean whole = cedar.validate(new com.cedarpolicy.model.ValidationRequest(PolicySchema.provided().cedar(), set)).validationPassed();
            assertThat(cedar.validate(new com.cedarpolicy.model.ValidationRequest(
                PolicySchema.provided().sliceFor(CheckCost.actions(PolicyToken.of(text))), set)).validationPassed()).as(text).isEqualTo(whole);
        }
    }

    @Test
    void mostCostlyPoliciesFitIntoTheMemoryOfTheCluster() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        File output = File.createTempFile("check-cost", ".txt");
        Process small = new ProcessBuilder(java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath, CheckCostTest.class.getName())
            .redirectErrorStream(true).redirectOutput(output).start();
        assertThat(small.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output.toPath());
        assertThat(small.exitValue()).as(said).isZero();
        long resident = Long.parseLong(said.lines().filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow().replaceAll("\\D", "")) / 1024;
        System.out.println("The most costly policies took " + resident + " MB of resident memory: " + said.lines().findFirst().orElse(""));
        assertThat(resident).isLessThan(RESIDENT_MB_MAX);
    }

    /** Checks the most costly texts, one after the other, and prints the largest resident memory of this process. */
    public static void main(String[] arguments) throws Exception {
        Thread checker = new Thread(null, () -> costly().forEach((shape, text) -> {
            long before = System.nanoTime();
            CheckPolicy.check(ID, largest(text));
            System.out.print(shape + " " + (System.nanoTime() - before) / 1_000_000 + " ms; ");
        }), "checker", 64L * 1024 * 1024);
        checker.start();
        checker.join();
        System.out.println();
        Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM")).forEach(System.out::println);
    }
}
