// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A client's process: its command, its environment, and what it printed. */
final class Run {
    private static final Duration TIME_MAX = Duration.ofSeconds(120);

    private final List<String> command;
    private final Map<String, String> environment = new TreeMap<>();
    private Path folder;

    private Run(List<String> command) {
        this.command = command;
    }

    static Run command(String... words) {
        return new Run(List.of(words));
    }

    static Run command(List<String> words) {
        return new Run(List.copyOf(words));
    }

    Run with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Run in(Path where) {
        folder = where;
        return this;
    }

    /** Runs it to its end; what it printed goes through a file, so that no pipe fills. */
    Ended start() {
        try {
            Path output = Files.createTempFile("client", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                if (folder != null) {
                    builder.directory(folder.toFile());
                }
                Process process = builder.start();
                if (!process.waitFor(TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(command + " did not end within " + TIME_MAX + ": " + Files.readString(output));
                }
                return new Ended(command, process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** A process that has ended. */
    record Ended(List<String> command, int exit, String output) {
        /** This, if it succeeded. */
        Ended succeeded() {
            if (exit != 0) {
                throw new AssertionError(command + " ended with " + exit + ":\n" + output);
            }
            return this;
        }

        /** This, if it failed. */
        Ended failed() {
            if (exit == 0) {
                throw new AssertionError(command + " succeeded:\n" + output);
            }
            return this;
        }
    }
}
