// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Clients that a test needs: where one is missing the test is skipped with a line, or fails where {@value #PROPERTY} is {@code required}. */
final class Needed {
    /** The system property with which a build insists on every client. */
    static final String PROPERTY = "postern.clients";
    /** Debian's interpreter, for which Debian's Python packages are. */
    static final String PYTHON = "/usr/bin/python3";
    /** Folder into which {@code .ci/run} installs the packages of {@code src/test/clients/package.json}. */
    static final Path NODE_MODULES = root().resolve("system-tests/target/clients/node_modules");

    private Needed() {
    }

    static Path root() {
        return Path.of(System.getProperty("postern.root", "..")).toAbsolutePath().normalize();
    }

    /** The path of a program on the PATH. */
    static String program(String name) {
        for (String folder : List.of((System.getenv("PATH") + ":/usr/sbin").split(":"))) {
            if (Files.isExecutable(Path.of(folder, name))) {
                return Path.of(folder, name).toString();
            }
        }
        missing(name, "no " + name + " on the PATH");
        throw new IllegalStateException(name);
    }

    /** Python modules of Debian packages. */
    static void pythonModule(String module) {
        if (!Files.isExecutable(Path.of(PYTHON))
            || Run.command(PYTHON, "-c", "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('" + module + "') else 1)").start().exit() != 0) {
            missing(module, "no Python module " + module);
        }
    }

    /** A package of npm. */
    static void nodeModule(String name) {
        program("node");
        if (!Files.isReadable(NODE_MODULES.resolve(name).resolve("package.json"))) {
            missing(name, "no " + NODE_MODULES.resolve(name));
        }
    }

    private static void missing(String client, String why) {
        if ("required".equals(System.getProperty(PROPERTY))) {
            throw new AssertionError(client + " is required (-D" + PROPERTY + "=required): " + why);
        }
        System.out.println("skipped: " + client + " is not installed (" + why + ")");
        assumeTrue(false, why);
    }
}
