// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

/** Which characters a text of a request may hold: what a database, a log and a terminal take without harm. */
final class Text {
    private Text() {}

    /** Returns true if the text has no control characters (C0, DEL, C1) except tab, line feed and carriage return, and no lone surrogates. */
    static boolean isClean(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c >= 0x7f && c <= 0x9f) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
                if (!pair) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }

    /** Returns true if the text is clean and has no tab and no line end. */
    static boolean isCleanLine(String text) {
        return isClean(text) && text.chars().noneMatch(c -> c < 0x20);
    }
}
