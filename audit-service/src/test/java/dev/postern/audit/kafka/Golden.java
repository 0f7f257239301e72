// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.kafka;

import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A golden payload of event-contracts.
 *
 * @param name    the file's, as {@code access-decided.v1/granted}
 * @param event   what it holds
 * @param payload its bytes, line breaks and all
 */
public record Golden(String name, Event event, byte[] payload) {
    /** All of them, but those of the log's own topic. */
    public static List<Golden> all() {
        return Arrays.stream(Topic.values()).filter(topic -> topic != Topic.AUDIT_LOG).flatMap(topic -> of(topic).stream()).toList();
    }

    /** Those of a topic; at least one. */
    public static List<Golden> of(Topic topic) {
        String folder = topic.topicName() + ".v1";
        Path golden = Path.of(System.getProperty("postern.root"), "event-contracts", "src", "test", "resources", "golden", folder);
        try (Stream<Path> files = Files.list(golden)) {
            List<Golden> found = files.sorted().map(file -> read(topic, folder, file)).toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no golden payload of " + topic.topicName());
            }
            return found;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Golden read(Topic topic, String folder, Path file) {
        try {
            byte[] payload = Files.readAllBytes(file);
            return new Golden(folder + "/" + file.getFileName().toString().replace(".json", ""), EventJson.read(topic, payload), payload);
        } catch (IOException | EventJson.Unreadable unreadable) {
            throw new IllegalStateException(file.toString(), unreadable);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
