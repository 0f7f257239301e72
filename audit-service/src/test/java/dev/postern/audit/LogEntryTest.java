// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LogEntryTest {
    /** The example of DESIGN.md: whoever writes a verifier in another language begins here. */
    @Test
    void exampleOfTheDesignDocument() {
        LogEntry entry = new LogEntry("access-ended", "k", new TreeMap<>(Map.of("content-type", "application/json", "ce_id", "é")),
            "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(entry.leaf())).isEqualTo("01"
            + "0000000c" + "6163636573732d656e646564"
            + "00000001" + "6b"
            + "00000002"
            + "00000005" + "63655f6964" + "00000002" + "c3a9"
            + "0000000c" + "636f6e74656e742d74797065" + "00000010" + "6170706c69636174696f6e2f6a736f6e"
            + "00000002" + "7b7d");
        assertThat(entry.leafHash().hex()).isEqualTo("2cb7d039bf6ba541cd63517f90d9e85bec0cc4f2b2d6cdd4ce7fc5424455bd84");
    }

    @Test
    void headersInAnotherOrderAreRefused() {
        byte[] leaf = new LogEntry("t", "k", new TreeMap<>(Map.of("a", "1", "b", "2")), new byte[0]).leaf();
        leaf[19] = 'b';
        leaf[29] = 'a';
        assertThatThrownBy(() -> LogEntry.read(leaf)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("order");
    }

    @Test
    void headerThatStandsTwiceIsRefused() {
        byte[] leaf = new LogEntry("t", "k", new TreeMap<>(Map.of("a", "1", "b", "2")), new byte[0]).leaf();
        leaf[29] = 'a';
        assertThatThrownBy(() -> LogEntry.read(leaf)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("order");
    }

    @Test
    void otherVersionIsRefused() {
        byte[] leaf = new LogEntry("t", "k", new TreeMap<>(), new byte[0]).leaf();
        leaf[0] = 2;
        assertThatThrownBy(() -> LogEntry.read(leaf)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("version");
    }

    @Test
    void fieldLongerThanTheEntryIsRefusedWithoutMakingRoomForIt() {
        byte[] leaf = new LogEntry("t", "k", new TreeMap<>(), new byte[0]).leaf();
        leaf[1] = 0x7f;
        assertThatThrownBy(() -> LogEntry.read(leaf)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("longer");
    }
}
