// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Limits on a policy text, checked before Cedar parses it. Cedar's parser recurses without a limit and runs in this process: a hundred nested brackets
 * overflow the stack of an ordinary thread and end the JVM, and a path of thousands of members keeps it busy for minutes. The check reads the text as
 * Cedar's lexer does (strings, comments, brackets).
 */
final class PolicyBounds {
    /** The largest text, in bytes of UTF-8. */
    static final int TEXT_BYTES_MAX = 64 * 1024;
    /** Maximum nesting of brackets. */
    static final int NESTING_MAX = 32;
    /** Maximum number of {@code if}: each else-if is one level deeper. */
    static final int CONDITIONALS_MAX = 64;
    /** Maximum number of members, indexes and arithmetic operators in a row without a comma, a brace or a logical operator between. */
    static final int CHAIN_MAX = 64;

    private final String text;
    private int depth;
    private int conditionals;
    private int chain;

    private PolicyBounds(String text) {
        this.text = text;
    }

    /** Returns the first limit that the text breaks; empty if it breaks none. */
    static Optional<PolicyFinding> broken(String text) {
        if (text.isBlank()) {
            return Optional.of(PolicyFinding.ofAll("empty", "a Cedar policy is expected"));
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > TEXT_BYTES_MAX) {
            return Optional.of(PolicyFinding.ofAll("too-long", "a policy has at most " + TEXT_BYTES_MAX + " bytes"));
        }
        for (int index = 0; index < text.length(); index = text.offsetByCodePoints(index, 1)) {
            if (invisible(text.codePointAt(index))) {
                return Optional.of(PolicyFinding.at("character", text, index, "control, formatting and unassigned characters are not allowed"));
            }
        }
        return new PolicyBounds(text).brokenShape();
    }

    private static boolean invisible(int character) {
        if (character == '\n' || character == '\r' || character == '\t') {
            return false;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
                Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> shapeless(character);
        };
    }

    /** Letters and marks that Unicode counts as visible and that show nothing: a name with one looks like the name without. */
    private static boolean shapeless(int character) {
        return character == 0x034f || character == 0x115f || character == 0x1160 || character == 0x17b4 || character == 0x17b5
            || character >= 0x180b && character <= 0x180f || character == 0x2800 || character == 0x3164 || character >= 0xfe00 && character <= 0xfe0f
            || character == 0xffa0 || character >= 0xe0100 && character <= 0xe01ef;
    }

    private Optional<PolicyFinding> brokenShape() {
        int index = 0;
        while (index < text.length()) {
            int next = after(index);
            if (depth > NESTING_MAX) {
                return Optional.of(PolicyFinding.at("nesting", text, index, "brackets nest at most " + NESTING_MAX + " deep"));
            }
            if (conditionals > CONDITIONALS_MAX) {
                return Optional.of(PolicyFinding.at("nesting", text, index, "a policy has at most " + CONDITIONALS_MAX + " times if"));
            }
            if (chain > CHAIN_MAX) {
                return Optional.of(PolicyFinding.at("nesting", text, index, "at most " + CHAIN_MAX + " members and operators follow each other"));
            }
            index = next;
        }
        return Optional.empty();
    }

    /** Takes the token at {@code index} into account, and returns where the next one starts. */
    private int after(int index) {
        char c = text.charAt(index);
        switch (c) {
            case '"':
                return afterString(index + 1);
            case '/':
                return text.startsWith("//", index) ? afterComment(index) : index + 1;
            case '(', '[', '{':
                depth++;
                chain = c == '{' ? 0 : chain + (c == '[' ? 1 : 0);
                return index + 1;
            case ')', ']', '}':
                depth = Math.max(0, depth - 1);
                return index + 1;
            case '.', '+', '-', '*':
                chain++;
                return index + 1;
            case ',', ';', '&', '|':
                chain = 0;
                return index + 1;
            default:
                return Character.isJavaIdentifierStart(c) ? afterWord(index) : index + 1;
        }
    }

    private int afterString(int start) {
        int index = start;
        while (index < text.length() && text.charAt(index) != '"') {
            index += text.charAt(index) == '\\' ? 2 : 1;
        }
        return index + 1;
    }

    private int afterComment(int start) {
        int index = start;
        while (index < text.length() && text.charAt(index) != '\n' && text.charAt(index) != '\r') {
            index++;
        }
        return index;
    }

    private int afterWord(int start) {
        int index = start;
        while (index < text.length() && Character.isJavaIdentifierPart(text.charAt(index))) {
            index++;
        }
        if (text.substring(start, index).equals("if")) {
            conditionals++;
        }
        return index;
    }
}
