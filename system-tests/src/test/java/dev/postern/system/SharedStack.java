// SPDX-License-Identifier: Apache-2.0
package dev.postern.system;

import dev.postern.local.stack.Cloud;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.Progress;
import dev.postern.local.stack.ServiceProcess;
import dev.postern.local.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The whole system, once for all test classes that one JVM runs: {@code @ExtendWith(SharedStack.class)}, and a parameter of type {@link LocalStack} is the
 * stack. It starts empty, on free ports, with a simulated cloud that has no budget and whose changes pend for 50 ms; it ends with the run. A class may
 * kill what it likes: before the next class begins, all services run and are ready again. The state stays, so a class uses names of its own.
 */
public final class SharedStack implements BeforeAllCallback, ParameterResolver {
    private static final Duration CHANGES_PEND = Duration.ofMillis(50);

    @Override
    public void beforeAll(ExtensionContext context) {
        for (ServiceProcess service : running().stack().services()) {
            if (!service.isRunning()) {
                service.start();
            }
        }
        running().stack().services().forEach(ServiceProcess::awaitReady);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LocalStack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return running().stack();
    }

    private static Running running() {
        if (OnlyOne.RUNNING.failure() != null) {
            // Every class says why, none waits for a second start in vain.
            throw new IllegalStateException("the stack did not start", OnlyOne.RUNNING.failure());
        }
        return OnlyOne.RUNNING;
    }

    /**
     * Belongs to the JVM, not to JUnit's root store: Surefire gives a forked JVM one class after the other, and each is an execution of its own to
     * JUnit, at whose end the root store is closed.
     */
    private static final class OnlyOne {
        static final Running RUNNING = Running.start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(RUNNING::close, "end of the shared stack"));
        }
    }

    /** The stack of this run, or why there is none; closed when the JVM ends. */
    private record Running(LocalStack stack, RuntimeException failure) {
        static Running start() {
            try {
                Path root = Path.of(System.getProperty("postern.root", ".")).toAbsolutePath().normalize();
                Path data = folderOfThisRun(root.resolve("system-tests/target/stacks"));
                LocalStack stack = new LocalStack(StackSettings.of(root).withData(data).withPorts(Ports.free())
                    .withCloud(new Cloud.Simulated(CHANGES_PEND, 0, 0)));
                try (Progress progress = new Progress(System.out)) {
                    stack.start(progress);
                }
                return new Running(stack, null);
            } catch (RuntimeException | IOException failure) {
                return new Running(null, failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure));
            }
        }

        void close() {
            if (stack != null) {
                stack.close();
            }
        }

        /** Runs may overlap in one checkout; what an earlier run left is kept until the next begins, for its logs. */
        private static Path folderOfThisRun(Path stacks) throws IOException {
            Files.createDirectories(stacks);
            try (Stream<Path> runs = Files.list(stacks)) {
                for (Path run : runs.toList()) {
                    if (ProcessHandle.of(Long.parseLong(run.getFileName().toString())).isEmpty()) {
                        wipe(run);
                    }
                }
            }
            return stacks.resolve(String.valueOf(ProcessHandle.current().pid()));
        }

        private static void wipe(Path folder) throws IOException {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
