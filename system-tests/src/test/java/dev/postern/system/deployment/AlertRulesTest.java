// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** An alert on a metric that nobody writes never fires: every name in a rule is one that a service writes. */
class AlertRulesTest {
    private static final Pattern METRIC = Pattern.compile("postern_[a-z_]+");
    private static final String TESTS = "deploy/monitoring/postern-alerts-test.yaml";
    private static final Set<String> WRITTEN = written();

    @TestFactory
    Stream<DynamicTest> everyMetricOfARuleIsWrittenByAService() {
        return rules().stream().map(rule -> DynamicTest.dynamicTest(rule.get("alert").textValue(), () -> {
            for (String metric : metrics(rule.get("expr").textValue())) {
                assertThat(WRITTEN).as(metric).anyMatch(written -> spellings(written).contains(metric));
            }
            assertThat(rule.at("/annotations/summary").textValue()).isNotBlank();
            assertThat(rule.at("/annotations/description").textValue()).isNotBlank();
            assertThat(rule.at("/labels/severity").textValue()).isIn("critical", "warning");
        }));
    }

    @Test
    void everyCriticalEventHasAnAlertRule() {
        String all = rules().toString();
        assertThat(all).contains("postern_dead_letters_total", "postern_relay_active", "postern_outbox_oldest_unsent_seconds",
            "postern_openings_closed_seconds",
            "postern_expiry_lag_seconds", "postern_policies_failed_total", "postern_drift_set_back_total",
            "postern_drift_standing", "postern_entries_appended_total");
    }

    @Test
    void everyAlertIsTestedToFireAndToBeSilent() {
        List<String> tests = Checkout.yaml(TESTS).get("tests").valueStream().map(test -> test.get("name").textValue()).toList();
        for (JsonNode rule : rules()) {
            String alert = rule.get("alert").textValue();
            assertThat(tests).contains(alert + " fires", alert + " is silent");
        }
    }

    /** Needs promtool of Prometheus, as Debian's package prometheus has it. */
    @Test
    void everyAlertFiresAtItsFirstOccurrenceAndIsSilentWithoutIt() throws IOException, InterruptedException {
        Optional<Path> promtool = Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(folder -> Path.of(folder, "promtool"))
            .filter(Files::isExecutable).findFirst();
        if (!Boolean.getBoolean("postern.promtool.required")) {
            assumeThat(promtool).as("promtool is not installed; the alert rules are not run").isPresent();
        }
        Process run = new ProcessBuilder(promtool.orElseThrow().toString(), "test", "rules", Checkout.ROOT.resolve(TESTS).toString()).redirectErrorStream(true)
            .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(said).isZero();
    }

    private static List<JsonNode> rules() {
        return Checkout.yaml("deploy/monitoring/postern-alerts.yaml").findValue("rules").valueStream().toList();
    }

    private static Set<String> metrics(String expression) {
        Set<String> metrics = new TreeSet<>();
        Matcher matcher = METRIC.matcher(expression);
        while (matcher.find()) {
            metrics.add(matcher.group());
        }
        return metrics;
    }

    /** Returns Prometheus' names of a meter: counters end in _total, timers in _seconds, histograms have buckets. */
    private static Set<String> spellings(String written) {
        String seconds = written.endsWith("_seconds") ? written : written + "_seconds";
        return new TreeSet<>(List.of(written, written.endsWith("_total") ? written : written + "_total", seconds, seconds + "_bucket", seconds + "_count"));
    }

    private static Set<String> written() {
        Set<String> names = new TreeSet<>();
        for (String module : List.of("transactional-messaging", "http-edge", "token-service", "policy-service", "firewall-sync-service", "audit-service")) {
            for (String file : Checkout.files(module + "/src/main/java", ".java")) {
                Matcher literal = Pattern.compile("\"(postern_[a-z_]+)\"").matcher(Checkout.text(file));
                while (literal.find()) {
                    names.add(literal.group(1));
                }
            }
        }
        return names;
    }
}
