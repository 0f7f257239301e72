// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {
    @ParameterizedTest
    @CsvSource({"a%20b, a b", "%c3%BC, \u00fc", "a+b, a+b", "%2541, %41"})
    void escapesInUrisAreDecodedOnce(String escaped, String text) {
        assertThat(PercentEncoding.decode(escaped)).contains(text);
    }

    @ParameterizedTest
    @CsvSource({"a%20b, a b", "a+b, a b", "a%2Bb, a+b", "\u00fc, \u00fc", "%F0%9F%98%80, \ud83d\ude00"})
    void plusSignInAFormIsABlank(String escaped, String text) {
        assertThat(PercentEncoding.decodeForm(escaped)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%4", "%g0", "%\uff11\uff11", "%ff", "%c0%af", "%ed%a0%80", "a%c3"})
    void malformedEscapesAreRefusedInBoth(String escaped) {
        assertThat(PercentEncoding.decode(escaped)).isEmpty();
        assertThat(PercentEncoding.decodeForm(escaped)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "\u00fc", "a\tb", "a\u007fb"})
    void charactersThatMustBeEscapedAreRefusedInUris(String text) {
        assertThat(PercentEncoding.decode(text)).isEmpty();
    }
}
