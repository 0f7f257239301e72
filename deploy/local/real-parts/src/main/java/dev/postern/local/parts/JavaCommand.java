package dev.postern.local.parts;

import java.nio.file.Path;

/** The Java that runs us runs our children. */
public final class JavaCommand {
    private JavaCommand() {
    }

    /** The path of the java command. */
    public static String path() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
