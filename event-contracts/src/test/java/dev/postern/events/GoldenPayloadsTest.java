// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every later version must read the payloads that were published once: they stay in topics and in the audit log for years. */
class GoldenPayloadsTest {
    @TestFactory
    Stream<DynamicTest> aGoldenPayloadIsStillReadAndWrittenBackTheSame() {
        return Golden.all().stream().map(golden -> DynamicTest.dynamicTest(golden.name(),
            () -> assertThat(Golden.tree(EventJson.write(golden.event()))).isEqualTo(golden.tree())));
    }

    @Test
    void noGoldenPayloadIsEverEdited() throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Golden.FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.endsWith("SHA256SUMS")).toList()) {
                found.put(Golden.FOLDER.relativize(file).toString().replace('\\', '/'), sha256(Files.readAllBytes(file)));
            }
        }
        assertThat(found).as("a published payload is never edited: add another case, and its line to SHA256SUMS").isEqualTo(sums());
    }

    @Test
    void theIdOfAnEventNeverChanges() throws IOException {
        Map<String, String> ids = new TreeMap<>();
        Golden.all().forEach(golden -> ids.put(golden.name(), golden.event().id().toString()));
        assertThat(ids).as("inboxes know events by these ids").isEqualTo(pairs(Golden.FOLDER.resolve("ids.txt"), 1, 0));
    }

    private static Map<String, String> sums() throws IOException {
        return pairs(Golden.FOLDER.resolve("SHA256SUMS"), 1, 0);
    }

    private static Map<String, String> pairs(Path file, int key, int value) throws IOException {
        Map<String, String> pairs = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            List<String> parts = List.of(line.split("  "));
            pairs.put(parts.get(key), parts.get(value));
        }
        return pairs;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
