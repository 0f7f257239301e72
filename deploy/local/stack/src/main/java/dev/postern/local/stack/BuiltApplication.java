// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.PartFailed;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder that a build of a service leaves, copied to where it runs. */
final class BuiltApplication {
    private static final String LIBRARIES = "lib";

    private BuiltApplication() {
    }

    /** Replaces the target by a copy. Libraries are linked where the file system can: a build replaces those files, it never writes into them. */
    static void copy(Path built, Path target) {
        try {
            remove(target);
            try (Stream<Path> all = Files.walk(built)) {
                for (Path each : all.toList()) {
                    Path copy = target.resolve(built.relativize(each).toString());
                    if (Files.isDirectory(each)) {
                        Files.createDirectories(copy);
                    } else if (built.relativize(each).startsWith(LIBRARIES)) {
                        link(each, copy);
                    } else {
                        Files.copy(each, copy);
                    }
                }
            }
        } catch (IOException e) {
            throw PartFailed.because(built + " could not be copied to " + target, e);
        }
    }

    private static void link(Path file, Path link) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(file, link);
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : files) {
            Files.delete(each);
        }
    }
}
