// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Checks texts that people read: what two people see as the same is the same. Refuses line ends and tabs where one line is wanted, characters that are
 * invisible or change the direction of reading (Unicode TR 36), and spellings that are not composed (Unicode normalization form C).
 */
public final class PlainText {
    private PlainText() {}

    /** Notes what is wrong with a text of one line. */
    public static void checkLine(String text, String pointer, Violations violations) {
        if (text.isBlank() || text.codePoints().anyMatch(PlainText::endsLine)) {
            violations.add(pointer, "one-line", "must be one line without tabs");
        } else {
            check(text, pointer, violations);
        }
    }

    /** Notes what is wrong with a text of any number of lines. */
    public static void checkWords(String text, String pointer, Violations violations) {
        if (text.codePoints().anyMatch(one -> one != '\n' && one != '\r' && one != '\t' && endsLine(one))) {
            violations.add(pointer, "plain-text", "has a control character or a line end other than CR and LF");
        } else {
            check(text, pointer, violations);
        }
    }

    /** A text in the one spelling that is stored: composed. For texts that are searched for. */
    public static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static void check(String text, String pointer, Violations violations) {
        text.codePoints().filter(PlainText::isInvisible).findFirst().ifPresentOrElse(
            hidden -> violations.add(pointer, "plain-text", String.format(Locale.ROOT,
                "has the character U+%04X, which is invisible or changes the direction of reading; leave it out", hidden)),
            () -> {
                if (!Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
                    violations.add(pointer, "composed-text", "must be in Unicode normalization form C: letters composed with their accents, as U+00E9");
                }
            });
    }

    /** Control characters, and what Unicode calls a line or paragraph separator. */
    private static boolean endsLine(int one) {
        return Character.isISOControl(one) || one == 0x2028 || one == 0x2029;
    }

    /** Format characters (all of bidi and zero width), what is not assigned or private, and letters without a shape. */
    private static boolean isInvisible(int one) {
        switch (Character.getType(one)) {
            case Character.FORMAT, Character.PRIVATE_USE, Character.UNASSIGNED, Character.SURROGATE:
                return true;
            default:
                return one == 0x034f || one == 0x115f || one == 0x1160 || one == 0x17b4 || one == 0x17b5 || one >= 0x180b && one <= 0x180f || one == 0x3164
                    || one >= 0xfe00 && one <= 0xfe0f || one == 0xffa0 || one >= 0xe0100 && one <= 0xe01ef || one == 0x2800;
        }
    }
}
