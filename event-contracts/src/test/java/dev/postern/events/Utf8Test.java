// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes to text and to digests. */
class Utf8Test {
    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "\u00fc\u20ac", "\ud83d\ude00", "\u0000"})
    void textIsReadAsItWasWritten(String text) throws CharacterCodingException {
        assertThat(Utf8.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a byte that begins nothing, 80", "an overlong slash, c0af", "a surrogate, eda080", "beyond U+10FFFF, f4908080", "a cut character, e282"})
    void malformedBytesAreRefused(String kind, String hex) {
        assertThatThrownBy(() -> Utf8.decode(HexFormat.of().parseHex(hex))).isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void digestOfPartsIsTheDigestOfTheWhole() {
        byte[] a = {'a'};
        byte[] bc = {'b', 'c'};
        assertThat(Sha256.hex(a, bc)).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            .isEqualTo(HexFormat.of().formatHex(Sha256.of(new byte[] {'a', 'b', 'c'})));
    }
}
