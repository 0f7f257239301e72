// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Translates a pattern of ECMA-262 into the syntax of RE2, so that both match the same texts: {@code .}, {@code \s} and {@code $} mean what ECMA-262 says.
 * Patterns that RE2 would read differently are refused. Single use.
 */
final class EcmaPattern {
    static final String TOO_LARGE = "a pattern is too large with its repetitions unrolled";
    /** White space and line ends of ECMA-262 (section 12.2 and 12.3), as the inside of a class. */
    private static final String SPACE = "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
    private static final String NO_SPACE = "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
        + "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
    private static final String NO_LINE_END = "[^\\x{a}\\x{d}\\x{2028}\\x{2029}]";
    private static final int REPEAT_MAX = 1_000;

    private final String ecma;
    private final int programMax;
    private final StringBuilder re2 = new StringBuilder();
    /** Sizes of the groups that are open, the innermost last. */
    private final Deque<Long> open = new ArrayDeque<>();
    private int at;
    /** Size of the group that is being read, unrolled. */
    private long size;
    /** Size of the last atom: what a repetition repeats. */
    private long last;

    EcmaPattern(String ecma, int programMax) {
        this.ecma = ecma;
        this.programMax = programMax;
    }

    /** The same pattern for RE2. @throws IllegalArgumentException if there is none, or it is too large; the message says why */
    String translated() {
        while (at < ecma.length()) {
            char one = ecma.charAt(at++);
            switch (one) {
                case '\\' -> atom(escape(false));
                case '[' -> atom(characterClass());
                case '.' -> atom(NO_LINE_END);
                case '$' -> atom("\\z");
                case '(' -> group();
                case ')' -> endGroup();
                case '{' -> repetition();
                case '*', '+', '?' -> repeated(String.valueOf(one), 2);
                default -> atom(String.valueOf(one));
            }
            if (size > programMax || open.stream().anyMatch(outer -> outer > programMax)) {
                throw new IllegalArgumentException(TOO_LARGE);
            }
        }
        return re2.toString();
    }

    private void atom(String text) {
        re2.append(text);
        last = 1;
        size += 1;
    }

    private void group() {
        if (ecma.startsWith("?", at)) {
            if (!ecma.startsWith("?:", at)) {
                throw new IllegalArgumentException("a pattern has no lookahead, no lookbehind and no named groups: they cannot be matched in linear time");
            }
            at += 2;
        }
        re2.append("(?:");
        open.push(size);
        size = 1;
        last = 0;
    }

    private void endGroup() {
        if (open.isEmpty()) {
            throw new IllegalArgumentException("is no regular expression: a parenthesis is closed that was not opened");
        }
        re2.append(')');
        last = size;
        size = open.pop() + last;
    }

    private void repetition() {
        int end = ecma.indexOf('}', at);
        String[] bounds = end < 0 ? new String[0] : ecma.substring(at, end).split(",", -1);
        if (bounds.length < 1 || bounds.length > 2 || !isNumber(bounds[0]) || bounds.length == 2 && !bounds[1].isEmpty() && !isNumber(bounds[1])) {
            throw new IllegalArgumentException("is no regular expression: write \\{ for the character, or {n}, {n,}, {n,m}");
        }
        int least = Integer.parseInt(bounds[0]);
        int most = bounds.length == 2 && !bounds[1].isEmpty() ? Integer.parseInt(bounds[1]) : least + 1;
        if (Math.max(least, most) > REPEAT_MAX) {
            throw new IllegalArgumentException("a repetition in a pattern has at most " + REPEAT_MAX);
        }
        repeated("{" + ecma.substring(at, end) + "}", Math.max(1, Math.max(least, most)) * 2L);
        at = end + 1;
    }

    private void repeated(String mark, long times) {
        re2.append(mark);
        size += last * times - last;
        last = last * times;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 4 && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private String characterClass() {
        StringBuilder inside = new StringBuilder("[");
        if (ecma.startsWith("^", at)) {
            inside.append('^');
            at++;
        }
        if (ecma.startsWith("]", at)) {
            throw new IllegalArgumentException("a class of characters in a pattern is not empty");
        }
        while (at < ecma.length() && ecma.charAt(at) != ']') {
            char one = ecma.charAt(at++);
            inside.append(one == '\\' ? escape(true) : one == '[' ? "\\[" : String.valueOf(one));
        }
        if (at == ecma.length()) {
            throw new IllegalArgumentException("is no regular expression: a class of characters has no end");
        }
        at++;
        return inside.append(']').toString();
    }

    private String escape(boolean inClass) {
        if (at == ecma.length()) {
            throw new IllegalArgumentException("is no regular expression: it ends in a backslash");
        }
        char one = ecma.charAt(at++);
        switch (one) {
            case 'd', 'D', 'w', 'W', 'n', 'r', 't', 'f', 'v':
                return "\\" + one;
            case 's':
                return inClass ? SPACE : "[" + SPACE + "]";
            case 'S':
                return inClass ? NO_SPACE : "[" + NO_SPACE + "]";
            case 'b':
                return inClass ? "\\x{8}" : "\\b";
            case 'p', 'P':
                return property(one);
            case 'x':
                return code(2);
            case 'u':
                return code(4);
            case '0':
                return "\\x{0}";
            case 'B':
                if (!inClass) {
                    return "\\B";
                }
                break;
            default:
                if (one < 0x80 && !Character.isLetterOrDigit(one) && one > ' ') {
                    return "\\" + one;
                }
        }
        throw new IllegalArgumentException(Character.isDigit(one) ? "a pattern has no back references: they cannot be matched in linear time"
            : "a pattern has an escape that is not known: \\" + (one < 0x80 ? String.valueOf(one) : "…"));
    }

    /** A property of Unicode, as {@code \p{L}}: a name in braces. */
    private String property(char letter) {
        int end = ecma.startsWith("{", at) ? ecma.indexOf('}', at) : -1;
        String name = end < 0 ? "" : ecma.substring(at + 1, end);
        if (name.isEmpty() || !name.chars().allMatch(Character::isLetter)) {
            throw new IllegalArgumentException("a property in a pattern is written \\p{L}");
        }
        at = end + 1;
        return "\\" + letter + "{" + name + "}";
    }

    private String code(int digits) {
        int code = hexadecimal(digits);
        if (Character.isHighSurrogate((char) code) && ecma.startsWith("\\u", at)) {
            at += 2;
            code = Character.toCodePoint((char) code, (char) hexadecimal(4));
        }
        if (code > Character.MAX_CODE_POINT || code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
            throw new IllegalArgumentException("a pattern has an escape that is no character");
        }
        return "\\x{" + Integer.toHexString(code) + "}";
    }

    private int hexadecimal(int digits) {
        String text = at + digits > ecma.length() ? "" : ecma.substring(at, at + digits);
        if (text.isEmpty() || !text.chars().allMatch(one -> Character.digit(one, 16) >= 0 && one < 0x80)) {
            throw new IllegalArgumentException("an escape in a pattern has " + digits + " hexadecimal digits");
        }
        at += digits;
        return Integer.parseInt(text, 16);
    }
}
