// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The golden payloads: what was published once, and is never edited. */
record Golden(Topic topic, Path file) {
    static final Path FOLDER = Path.of("src/test/resources/golden");
    static final ObjectMapper MAPPER = EventJson.mapper();

    static List<Golden> all() {
        return Arrays.stream(Topic.values()).flatMap(topic -> of(topic).stream()).toList();
    }

    static List<Golden> of(Topic topic) {
        Path folder = FOLDER.resolve(topic.topicName() + ".v1");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(file -> new Golden(topic, file)).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    JsonNode tree() {
        return tree(bytes());
    }

    static JsonNode tree(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Event event() {
        try {
            return EventJson.read(topic, bytes());
        } catch (EventJson.Unreadable unreadable) {
            throw new AssertionError(this + ": " + unreadable.getMessage(), unreadable);
        }
    }

    String name() {
        return FOLDER.relativize(file).toString().replace('\\', '/');
    }

    @Override
    public String toString() {
        return name();
    }
}
