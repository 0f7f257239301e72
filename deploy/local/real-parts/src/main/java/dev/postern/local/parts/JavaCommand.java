// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.nio.file.Path;
import java.util.List;

/** The Java that runs us runs our children. */
public final class JavaCommand {
    /** Options for a locale that changes no letters and no digits. */
    static final List<String> NEUTRAL_LOCALE = List.of("-Duser.language=en", "-Duser.country=US");

    private JavaCommand() {
    }

    /** The path of the java command. */
    public static String path() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
