// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.StackEndpoint;
import dev.postern.local.stack.Ports;
import dev.postern.system.SharedStack;
import dev.postern.system.actors.Cast;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs the console lines of the README and of the gateway's document in one shell, and compares each answer with what they show. */
@ExtendWith(SharedStack.class)
class ReadmeIT {
    private static final Path ROOT = Path.of(System.getProperty("postern.root", "..")).toAbsolutePath().normalize();
    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(60);
    private static final String END = "@@end of answer@@";

    @Test
    void everyCommandOfTheReadmeAnswersAsTheReadmeShows(LocalStack stack) throws IOException {
        assumeTrue(onPath("bash") && onPath("curl"), "no bash or no curl on the PATH: the README's lines are not run");
        // The gateway's document goes on where the README ends: it uses the functions and callers that the README defines.
        List<Transcript> transcript = Transcript.of(Files.readString(ROOT.resolve("README.md")) + "\n" + Files.readString(ROOT.resolve("docs/gateway.md")));
        assertThat(transcript).hasSizeGreaterThan(20);
        // Who reads takes longer from one line to the next than policy takes to hear of the service; a shell does not.
        Cast cast = Cast.of(stack);
        cast.operator().protect("shop-db", "shop-db", "5432");
        cast.operator().awaitKnown(cast.portal(), "shop-db", "5432", "203.0.113.250");
        await().atMost(SHOWN_WITHIN).until(() -> !cast.provider().letIn("shop-db", "5432").contains("203.0.113.250"));
        try (Shell shell = new Shell(stack)) {
            for (Transcript step : transcript) {
                String answer = shell.run(step.command());
                if (!step.matches(answer) && step.looks()) {
                    await(step.command() + "\nshows\n" + step.shown()).atMost(SHOWN_WITHIN).pollDelay(Duration.ofMillis(100))
                        .until(() -> step.matches(shell.run(step.command())));
                } else {
                    assertThat(step.matches(answer)).as("%s%nis shown as%n%s%nand answers%n%s", step.command(), step.shown(), answer).isTrue();
                }
            }
        }
    }

    private static boolean onPath(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    /** One shell for all lines: what a line sets, the next ones see. The documented ports are replaced by the stack's. */
    private static final class Shell implements AutoCloseable {
        private final LocalStack stack;
        private final Process process;
        private final Writer in;
        private final BufferedReader out;

        Shell(LocalStack stack) throws IOException {
            this.stack = stack;
            process = new ProcessBuilder("bash").redirectErrorStream(true).start();
            in = process.outputWriter(StandardCharsets.UTF_8);
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        String run(String command) {
            try {
                in.write(here(command) + "\necho; echo '" + END + "'\n");
                in.flush();
                StringBuilder answer = new StringBuilder();
                for (String line = out.readLine(); !END.equals(line); line = out.readLine()) {
                    if (line == null) {
                        throw new AssertionError("the shell ended at " + command + ": " + answer);
                    }
                    answer.append(line).append('\n');
                }
                return answer.toString().strip();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        private String here(String command) {
            String replaced = command
                .replace("localhost:" + Ports.defaults().of(StackEndpoint.KEYCLOAK) + "/realms/postern", stack.keycloak().issuer().replace("http://", ""))
                .replace("localhost:" + Ports.defaults().of(StackEndpoint.DIGITALOCEAN), stack.cloudUrl().replace("http://", ""))
                .replace("localhost:" + Ports.defaults().of(StackEndpoint.GATEWAY), stack.gatewayUrl().replace("http://", ""));
            for (Map.Entry<StackEndpoint, String> service : Map.of(StackEndpoint.TOKEN_SERVICE, "token-service", StackEndpoint.POLICY_SERVICE, "policy-service",
                StackEndpoint.FIREWALL_SYNC_SERVICE, "firewall-sync-service", StackEndpoint.AUDIT_SERVICE, "audit-service").entrySet()) {
                replaced = replaced.replace("localhost:" + Ports.defaults().of(service.getKey()),
                    stack.service(service.getValue()).url().replace("http://", ""));
            }
            return replaced;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
