// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.tukaani.xz.XZInputStream;

/**
 * Folders that are made once and then used by everybody: unpacked archives, a prepared Keycloak. Made under another name
 * and then renamed, under a lock file, so parallel starts wait and a torn one is made anew.
 */
final class UnpackedArchive {
    /** Makes the content of an empty folder. */
    interface Maker {
        void make(Path folder) throws Exception;
    }

    private UnpackedArchive() {
    }

    /** {@code <postern.root>/deploy/local/target}, which survives {@code mvn clean}; without a root a folder in the user's home. */
    static Path home() {
        String root = System.getProperty("postern.root");
        return root == null || root.isBlank()
            ? Path.of(System.getProperty("user.home"), ".postern-parts")
            : Path.of(root, "deploy", "local", "target");
    }

    /** The folder of that name; made by {@code maker} if it is not there. */
    static Path once(String name, Maker maker) {
        return once(home(), name, maker);
    }

    static Path once(Path home, String name, Maker maker) {
        Path folder = home.resolve(name);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        // Two class loaders of one JVM would get an OverlappingFileLockException from the file lock: they share this monitor.
        synchronized ("dev.postern.local.parts.unpacked".intern()) {
            try {
                Files.createDirectories(home);
                try (FileChannel channel = FileChannel.open(home.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                     FileLock lock = channel.lock()) {
                    if (lock.isValid() && !Files.isDirectory(folder)) {
                        Path torn = home.resolve(name + ".making");
                        remove(torn);
                        Files.createDirectories(torn);
                        maker.make(torn);
                        Files.move(torn, folder, StandardCopyOption.ATOMIC_MOVE);
                    }
                }
                return folder;
            } catch (Exception e) {
                throw PartFailed.because("The folder " + folder + " could not be made", e);
            }
        }
    }

    /** Unpacks the one {@code .txz} inside the jar. */
    static void txzInJar(Path jar, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            var entry = zip.stream().filter(candidate -> candidate.getName().endsWith(".txz")).findFirst()
                .orElseThrow(() -> new IOException("No .txz in " + jar));
            try (InputStream stream = zip.getInputStream(entry); TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(stream))) {
                for (TarArchiveEntry item = tar.getNextEntry(); item != null; item = tar.getNextEntry()) {
                    Path file = inside(target, item.getName());
                    if (item.isDirectory()) {
                        Files.createDirectories(file);
                    } else if (item.isSymbolicLink()) {
                        Files.createDirectories(file.getParent());
                        Files.createSymbolicLink(file, Path.of(item.getLinkName()));
                    } else {
                        Files.createDirectories(file.getParent());
                        Files.copy(tar, file);
                        Files.setPosixFilePermissions(file, permissions(item.getMode()));
                    }
                }
            }
        }
    }

    /** Unpacks a zip, without its top folder, with the permissions that it records. */
    static void zipWithoutTopFolder(Path archive, Path target) throws IOException {
        try (var zip = org.apache.commons.compress.archivers.zip.ZipFile.builder().setPath(archive).get()) {
            for (ZipArchiveEntry entry : List.copyOf(java.util.Collections.list(zip.getEntries()))) {
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                if (name.isEmpty()) {
                    continue;
                }
                Path file = inside(target, name);
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                try (InputStream stream = zip.getInputStream(entry)) {
                    Files.copy(stream, file);
                }
                if (entry.getUnixMode() != 0) {
                    Files.setPosixFilePermissions(file, permissions(entry.getUnixMode()));
                }
            }
        }
    }

    private static Path inside(Path target, String name) throws IOException {
        Path file = target.resolve(name).normalize();
        if (!file.startsWith(target)) {
            throw new IOException("An archive's entry points outside: " + name);
        }
        return file;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> all = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
        if ((mode & 0100) != 0) {
            all.addAll(EnumSet.of(PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE));
        }
        return all;
    }

    /** Copies a folder with all that is in it. */
    static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
