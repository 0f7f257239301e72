// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.List;

/**
 * One thing that is wrong with a policy's text, or strange about it.
 *
 * @param rule    {@code syntax}, {@code schema}, {@code annotation}, {@code nesting} …
 * @param line    from 1; 0 where it is about the text as a whole
 * @param column  from 1, in characters; 0 where it is about the text as a whole
 * @param message what, mostly in Cedar's words
 */
public record PolicyFinding(String rule, int line, int column, String message) {
    /** About the text as a whole. */
    static PolicyFinding ofAll(String rule, String message) {
        return new PolicyFinding(rule, 0, 0, message);
    }

    /** At a character of the text. */
    static PolicyFinding at(String rule, String text, int index, String message) {
        List<String> before = text.substring(0, Math.min(index, text.length())).lines().toList();
        boolean lineStart = index > 0 && "\r\n".indexOf(text.charAt(Math.min(index, text.length()) - 1)) >= 0;
        if (before.isEmpty() || lineStart) {
            return new PolicyFinding(rule, before.size() + 1, 1, message);
        }
        String last = before.get(before.size() - 1);
        return new PolicyFinding(rule, before.size(), last.codePointCount(0, last.length()) + 1, message);
    }

    /** The message with its place before it. */
    public String inWords() {
        return line == 0 ? message : "line " + line + ", column " + column + ": " + message;
    }
}
