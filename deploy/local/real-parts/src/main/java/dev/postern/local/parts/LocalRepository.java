// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Finds the artifacts of child processes in the local Maven repository (system property {@code postern.maven.repository}, else
 * ~/.m2/repository).
 */
public final class LocalRepository {
    private LocalRepository() {
    }

    static Path folder() {
        String configured = System.getProperty("postern.maven.repository");
        return configured == null || configured.isBlank() || configured.startsWith("${")
            ? Path.of(System.getProperty("user.home"), ".m2", "repository")
            : Path.of(configured);
    }

    /** A value of parts.properties; a system property {@code postern.<key>} overrides it. */
    static String setting(String key) {
        String override = System.getProperty("postern." + key);
        if (override != null && !override.isBlank()) {
            return override;
        }
        Properties properties = new Properties();
        try (InputStream stream = LocalRepository.class.getResourceAsStream("parts.properties")) {
            properties.load(stream);
        } catch (IOException e) {
            throw PartFailed.because("parts.properties could not be read", e);
        }
        return properties.getProperty(key);
    }

    /** The file that the setting names, relative to the repository. */
    static Path artifact(String key) {
        Path file = folder().resolve(setting(key));
        if (!Files.isReadable(file)) {
            throw new PartFailed("Missing in the local Maven repository: " + file + " (build deploy/local/real-parts once, with access to a registry)");
        }
        return file;
    }

    /** The broker's class path: what was resolved for it, and this module. */
    static String brokerClassPath() {
        try (InputStream stream = LocalRepository.class.getResourceAsStream("parts-classpath.txt")) {
            List<String> entries = new ArrayList<>();
            entries.add(ownLocation().toString());
            String resolved = new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
            for (String entry : resolved.split("\\|")) {
                entries.add(entry.replace("{repository}", folder().toString()));
            }
            return String.join(File.pathSeparator, entries);
        } catch (IOException e) {
            throw PartFailed.because("parts-classpath.txt could not be read", e);
        }
    }

    /** The jar or the classes folder of this module; asked by resource, which works under every class loader. */
    private static Path ownLocation() {
        URL resource = LocalRepository.class.getResource("parts.properties");
        String text = resource.toString();
        if (text.startsWith("jar:")) {
            return Path.of(URI.create(text.substring("jar:".length(), text.indexOf("!/"))));
        }
        Path file = Path.of(URI.create(text));
        for (int level = 0; level < "dev/postern/local/parts/".split("/").length; level++) {
            file = file.getParent();
        }
        return file.getParent();
    }
}
