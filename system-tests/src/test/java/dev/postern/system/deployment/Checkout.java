// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this checkout. */
final class Checkout {
    static final Path ROOT = Path.of(System.getProperty("postern.root", "..")).toAbsolutePath().normalize();
    static final ObjectMapper YAML = YAMLMapper.builder(YAMLFactory.builder().build())
        .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Checkout() {}

    static String text(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static JsonNode yaml(String path) {
        return documents(text(path)).get(0);
    }

    /** Every document of a YAML stream that is not empty. */
    static List<JsonNode> documents(String yaml) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return documents.readAll().stream().filter(document -> document.isObject()).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Files below a folder, as paths from the root. */
    static List<String> files(String folder, String suffix) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix) && !file.toString().contains("/target/"))
                .map(file -> ROOT.relativize(file).toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A property of the root pom: the one place for versions. */
    static String version(String property) {
        String pom = text("pom.xml");
        int start = pom.indexOf("<" + property + ">") + property.length() + 2;
        return pom.substring(start, pom.indexOf("</" + property + ">", start));
    }
}
