// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/** Checks before anything starts for causes of a failed start, and names each in one line. */
final class Preflight {
    static final long MEMORY_NEEDED_MIB = 2_560;

    private Preflight() {
    }

    /** The line, if there is something to say. */
    static Optional<String> objection(StackSettings settings) {
        OptionalLong running = runningUp(settings.data());
        if (running.isPresent()) {
            return Optional.of("The stack runs already (process " + running.getAsLong() + ", data in " + settings.data()
                + "); deploy/local/down ends it.");
        }
        return objection(settings, FreePorts::isFree, memoryAvailableMib());
    }

    static Optional<String> objection(StackSettings settings, IntPredicate isFree, OptionalLong memoryMib) {
        List<String> taken = new ArrayList<>();
        for (StackEndpoint place : StackEndpoint.values()) {
            if (place == StackEndpoint.DIGITALOCEAN && settings.cloud() instanceof Cloud.Real) {
                continue;
            }
            int port = settings.ports().of(place);
            if (!isFree.test(port)) {
                taken.add(port + " (" + place.text() + ")");
            }
        }
        if (!taken.isEmpty()) {
            return Optional.of((taken.size() == 1 ? "Port in use: " : "Ports in use: ") + String.join(", ", taken)
                + ". End what listens there, or choose others: --port <name>=<number>, or --free-ports for all.");
        }
        if (memoryMib.isPresent() && memoryMib.getAsLong() < MEMORY_NEEDED_MIB) {
            return Optional.of("Too little memory: " + memoryMib.getAsLong() + " MiB are available, the stack needs " + MEMORY_NEEDED_MIB + " MiB.");
        }
        return Optional.empty();
    }

    /** The process of a stack that was started with the same data and has not ended. */
    static OptionalLong runningUp(Path data) {
        try {
            long pid = Long.parseLong(Files.readString(data.resolve(Up.PID_FILE)).strip());
            boolean isUp = ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(process -> process.info().commandLine())
                .map(line -> line.contains(Up.class.getName())).orElse(false);
            return isUp ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the memory that the kernel can give without swapping; empty on other systems than Linux. */
    private static OptionalLong memoryAvailableMib() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream().filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
