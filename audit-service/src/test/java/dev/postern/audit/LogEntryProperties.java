// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LogEntryProperties {
    @Provide
    Arbitrary<LogEntry> entries() {
        Arbitrary<String> text = Arbitraries.strings().excludeChars('\uFFFF').ofMaxLength(20).filter(LogEntryProperties::isUnicode);
        Arbitrary<Map<String, String>> headers = Arbitraries.maps(text, text).ofMaxSize(6);
        return Combinators.combine(text, text, headers, Arbitraries.bytes().array(byte[].class).ofMaxSize(50))
            .as((topic, key, some, payload) -> new LogEntry(topic, key, new TreeMap<>(some), payload));
    }

    private static boolean isUnicode(String text) {
        return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    @Property
    void whatIsEncodedIsReadBack(@ForAll("entries") LogEntry entry) {
        assertThat(LogEntry.read(entry.leaf())).isEqualTo(entry);
    }

    @Property
    void entryHasOneEncoding(@ForAll("entries") LogEntry entry, @ForAll @IntRange(max = 10_000) int place, @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] changed = entry.leaf();
        changed[place % changed.length] ^= (byte) change;
        try {
            LogEntry other = LogEntry.read(changed);
            assertThat(other).isNotEqualTo(entry);
            assertThat(other.leaf()).isEqualTo(changed);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
    }

    @Property
    void twoEntriesNeverShareALeaf(@ForAll("entries") LogEntry one, @ForAll("entries") LogEntry other) {
        assertThat(one.leafHash().equals(other.leafHash())).isEqualTo(one.equals(other));
    }

    @Property
    void cutOrLengthenedEncodingIsRefused(@ForAll("entries") LogEntry entry, @ForAll @IntRange(min = 1, max = 10_000) int cut) {
        byte[] leaf = entry.leaf();
        byte[] shorter = Arrays.copyOf(leaf, leaf.length - 1 - cut % leaf.length);
        assertThatThrownBy(() -> LogEntry.read(shorter)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LogEntry.read(Arrays.copyOf(leaf, leaf.length + 1))).isInstanceOf(IllegalArgumentException.class);
    }
}
