// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process that never outlives the JVM that started it, not even after kill -9 (see keeper.sh). All that is known about it is
 * on disk, so any class loader of the JVM (a Quarkus test has several) can hold a SupervisedProcess for the same folder and name.
 */
public final class SupervisedProcess {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    /** Generous: on a machine with much to do a shell alone takes seconds to begin. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String NO_SWEEP = "-";

    private final String name;
    private final Path pidFile;
    private final Path log;
    private final String stopSignal;
    private final String sweep;

    private SupervisedProcess(String name, Path pidFile, Path log, String stopSignal, String sweep) {
        this.name = name;
        this.pidFile = pidFile;
        this.log = log;
        this.stopSignal = stopSignal;
        this.sweep = sweep;
    }

    /** A process with its pid file in {@code runFolder} and its output appended to {@code log}; SIGTERM ends it in order. */
    public static SupervisedProcess named(String name, Path runFolder, Path log) {
        return new SupervisedProcess(name, runFolder.resolve(name + ".pid"), log, "TERM", NO_SWEEP);
    }

    /** The same, ended in order by another signal (PostgreSQL: INT). */
    public SupervisedProcess stoppedBy(String signal) {
        return new SupervisedProcess(name, pidFile, log, signal, sweep);
    }

    /** The same, and the folder is removed when the JVM that started it has gone. */
    public SupervisedProcess sweeping(Path folder) {
        return new SupervisedProcess(name, pidFile, log, stopSignal, folder.toString());
    }

    /**
     * Starts the command. It runs when this returns, but need not answer yet. Its locale is neutral, whatever that of the machine: Kafka's broker, for
     * one, lowers names by the default locale and fails to start where that is Turkish.
     */
    public void start(List<String> command, Map<String, String> environment, Path workFolder) {
        if (isRunning()) {
            return;
        }
        try {
            Files.createDirectories(pidFile.getParent());
            Files.createDirectories(log.getParent());
            Files.createDirectories(workFolder);
            List<String> kept = new ArrayList<>(List.of("bash", script().toString(), pidFile.toString(), stopSignal, sweep));
            kept.add(command.get(0));
            if (command.get(0).equals(JavaCommand.path())) {
                kept.addAll(JavaCommand.NEUTRAL_LOCALE);
            }
            kept.addAll(command.subList(1, command.size()));
            ProcessBuilder builder = new ProcessBuilder(kept).directory(workFolder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().remove("LANGUAGE");
            builder.environment().putAll(environment);
            Process keeper = builder.start();
            holdPipeOpen(keeper);
            Waiting.until("process " + name, START_LIMIT, () -> pid().isPresent() || !keeper.isAlive());
        } catch (IOException e) {
            throw PartFailed.because("Process " + name + " could not be started", e);
        }
    }

    /** The pipe to the keeper must stay open as long as this JVM lives, also when the class loader that made it is gone. */
    private void holdPipeOpen(Process keeper) {
        Thread holder = new Thread(() -> {
            try {
                keeper.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "keeper-of-" + name);
        holder.setDaemon(true);
        holder.setContextClassLoader(null);
        holder.start();
    }

    /** The child's process id while it runs. */
    public OptionalLong pid() {
        try {
            String text = Files.readString(pidFile).strip();
            if (text.isEmpty()) {
                return OptionalLong.empty();
            }
            long pid = Long.parseLong(text);
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent() ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    public boolean isRunning() {
        return pid().isPresent();
    }

    /** Ends it in order, by force after 30 seconds. */
    public void stop() {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return;
        }
        signal("CONT");
        signal(stopSignal);
        try {
            Waiting.until("the end of " + name, STOP_LIMIT, () -> ProcessHandle.of(pid.getAsLong()).isEmpty());
        } catch (PartFailed e) {
            kill();
        }
        awaitKeeper();
    }

    /** kill -9 of the process and of all that it started in its group. */
    public void kill() {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return;
        }
        signal("KILL");
        Waiting.until("the end of " + name, STOP_LIMIT, () -> ProcessHandle.of(pid.getAsLong()).isEmpty());
        awaitKeeper();
    }

    private void awaitKeeper() {
        Waiting.until("the keeper of " + name, STOP_LIMIT, () -> !Files.exists(pidFile));
    }

    /** Sends the signal to the process and its group. */
    public void signal(String signal) {
        pid().ifPresent(pid -> {
            try {
                Process kill = new ProcessBuilder("kill", "-" + signal, "--", "-" + pid).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                kill.waitFor(10, TimeUnit.SECONDS);
            } catch (IOException | InterruptedException e) {
                throw PartFailed.because("Signal " + signal + " to " + name, e);
            }
        });
    }

    /** Waits until the condition holds; fails at once, with the end of the log, when the process has gone. */
    public void await(String what, Duration limit, java.util.concurrent.Callable<Boolean> condition) {
        Waiting.until(() -> what + "; end of " + log + ":\n" + endOfLog(), limit, () -> {
            if (condition.call()) {
                return true;
            }
            if (!isRunning()) {
                throw new PartFailed(name + " has ended; end of " + log + ":\n" + endOfLog());
            }
            return false;
        });
    }

    /** The last lines that it said. */
    public String endOfLog() {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
        } catch (IOException | UncheckedIOException e) {
            return "(no log)";
        }
    }

    /** The keeper as a file beside the pid file: a process list then shows one short line for it. */
    private Path script() throws IOException {
        Path file = pidFile.resolveSibling("keeper.sh");
        try (InputStream stream = SupervisedProcess.class.getResourceAsStream("keeper.sh")) {
            byte[] text = stream.readAllBytes();
            if (!Files.exists(file) || !Arrays.equals(text, Files.readAllBytes(file))) {
                // A shell reads its script as it goes: one that runs keeps the file it has.
                Path fresh = Files.createTempFile(file.getParent(), "keeper", ".new");
                Files.write(fresh, text);
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return file;
    }
}
