// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.stack.StackEndpoint;
import dev.postern.local.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the README and the other documents to what exists: links, commands, files, addresses. The console lines are run by {@link ReadmeIT}. */
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("postern.root", "..")).toAbsolutePath().normalize();
    private static final String README = read();
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\\n]*`");
    private static final Map<String, String> FOLDER_OF = Map.of("token", "token-service", "policy", "policy-service", "firewall", "firewall-sync-service",
        "audit", "audit-service");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<Path> documents = documents();
        assertThat(documents).hasSizeGreaterThan(30);
        for (Path document : documents) {
            Matcher link = LINK.matcher(CODE.matcher(Files.readString(document)).replaceAll(""));
            while (link.find()) {
                assertThat(document.resolveSibling(link.group(1))).as("%s links to %s", ROOT.relativize(document), link.group(1)).exists();
            }
        }
    }

    @Test
    void readmeHasAtMostTwoHundredLines() {
        assertThat(README.lines().count()).isLessThanOrEqualTo(200);
    }

    @Test
    void everyCommandIsThereAndCanBeRun() {
        Matcher command = Pattern.compile("`?(deploy/local/[a-z]+)(?=[ `\\n])").matcher(README);
        while (command.find()) {
            Path path = ROOT.resolve(command.group(1));
            assertThat(Files.isDirectory(path) || Files.isExecutable(path)).as(command.group(1)).isTrue();
        }
        assertThat(README).contains("\ndeploy/local/up ", "\ndeploy/local/demo ", "\nmvn test ", "\nmvn verify ");
    }

    @Test
    void everyFileOfTheFlowIsInTheServiceThatTheRowNames() throws IOException {
        Matcher row = Pattern.compile("(?m)^\\| \\d+ \\| (\\w+) \\| (.*?) \\| (.*?) \\|$").matcher(README);
        int rows = 0;
        while (row.find()) {
            rows++;
            Matcher name = Pattern.compile("`((?:[a-z]+/)?[A-Z]\\w+)[`.]").matcher(row.group(2));
            while (name.find()) {
                assertThat(sources(FOLDER_OF.get(row.group(1)))).as("row " + rows).anyMatch(file -> file.endsWith("/" + name.group(1) + ".java"));
            }
            Matcher event = Pattern.compile("`([A-Z]\\w+)`").matcher(row.group(3));
            while (event.find()) {
                assertThat(sources("event-contracts")).as("row " + rows).anyMatch(file -> file.endsWith("/events/" + event.group(1) + ".java"));
            }
        }
        assertThat(rows).isGreaterThanOrEqualTo(8);
    }

    @Test
    void everyAddressIsTheDocumentedOne() {
        for (StackEndpoint place : List.of(StackEndpoint.TOKEN_SERVICE, StackEndpoint.POLICY_SERVICE, StackEndpoint.FIREWALL_SYNC_SERVICE,
            StackEndpoint.AUDIT_SERVICE)) {
            assertThat(README).contains("| " + place.text() + " | http://localhost:" + Ports.defaults().of(place) + " |");
        }
    }

    @Test
    void everyFolderOfTheLayoutIsThere() {
        String layout = README.substring(README.indexOf("## Where things are"));
        Matcher folder = Pattern.compile("(?m)(?:^|  )([a-z-]+(?:/[a-z-]+)*)/(?= |$)")
            .matcher(layout.substring(0, layout.indexOf("\n```\n", layout.indexOf("```") + 3)));
        int folders = 0;
        while (folder.find()) {
            folders++;
            assertThat(ROOT.resolve(folder.group(1))).isDirectory();
        }
        assertThat(folders).isGreaterThan(10);
    }

    @Test
    void theComparisonWithTheTranscriptSeesADifference() {
        Transcript step = new Transcript("curl x", "{\"status\":\"granted\",…,\"at\":\"2026-03-01T12:00:00Z\"}");
        assertThat(step.matches("{\"status\":\"granted\",\"more\":1,\"at\":\"2027-01-01T00:00:00.5Z\"}")).isTrue();
        assertThat(step.matches("{\"status\":\"denied\",\"more\":1,\"at\":\"2027-01-01T00:00:00.5Z\"}")).isFalse();
        assertThat(step.matches("{\"status\":\"granted\",\"more\":1}")).isFalse();
        assertThat(Transcript.of("```console\n$ a\n> b\nc\n$ d\n```\n")).containsExactly(new Transcript("a\nb", "c"), new Transcript("d", ""));
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.find(ROOT, 6, (file, attributes) -> file.toString().endsWith(".md"))) {
            return files.filter(file -> !ROOT.relativize(file).toString().matches("(?:.*/)?(?:target|node_modules|\\.[a-z]+)/.*")).toList();
        }
    }

    private static List<String> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
            return files.map(Path::toString).filter(file -> file.endsWith(".java")).toList();
        }
    }

    private static String read() {
        try {
            return Files.readString(ROOT.resolve("README.md"));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
