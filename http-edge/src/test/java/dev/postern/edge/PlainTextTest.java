// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {
    @ParameterizedTest
    @CsvSource({"0x0a, one-line", "0x0d, one-line", "0x09, one-line", "0x0b, one-line", "0x85, one-line", "0x2028, one-line", "0x2029, one-line",
        "0x00, one-line", "0x202e, plain-text", "0x2066, plain-text", "0x200b, plain-text", "0x200d, plain-text", "0xfeff, plain-text", "0x00ad, plain-text",
        "0xe0041, plain-text", "0x3164, plain-text", "0xfe0f, plain-text", "0xe000, plain-text", "0x2800, plain-text"})
    void characterThatHidesSomethingIsRefusedWhereverItStands(String code, String rule) {
        String odd = Character.toString(Integer.decode(code));
        for (String text : new String[] {odd + "customer", "cust" + odd + "omer", "customer" + odd}) {
            Violations violations = new Violations();
            PlainText.checkLine(text, "/on_behalf_of", violations);
            assertThat(violations.all()).as(code).extracting(Violation::rule).containsExactly(rule);
            assertThat(violations.all()).extracting(Violation::pointer).containsExactly("/on_behalf_of");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer-17", "Bücher & Söhne, Köln", "株式会社", "Ελλάδα", "עברית", "a  b", "100 %", "👍"})
    void textOfAnyScriptIsTaken(String text) {
        Violations violations = new Violations();
        PlainText.checkLine(text, "/on_behalf_of", violations);
        PlainText.checkWords(text + "\r\n\tsecond line", "/reason", violations);
        assertThat(violations.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cafe\u0301", "A\u030angstro\u0308m", "\u212b"})
    void textThatIsNotComposedIsRefusedAndFoundAllTheSame(String decomposed) {
        Violations violations = new Violations();
        PlainText.checkLine(decomposed, "/on_behalf_of", violations);
        assertThat(violations.all()).extracting(Violation::rule).containsExactly("composed-text");
        violations = new Violations();
        PlainText.checkLine(PlainText.composed(decomposed), "/on_behalf_of", violations);
        assertThat(violations.isEmpty()).isTrue();
    }
}
