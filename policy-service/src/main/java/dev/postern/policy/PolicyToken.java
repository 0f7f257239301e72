// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A token of a policy's text, as Cedar's lexer reads it. Comments and white space are no tokens.
 *
 * @param kind  what it is
 * @param text  the word, the symbol, or the text between the quotes
 * @param index of its first character in the policy's text
 */
record PolicyToken(Kind kind, String text, int index) {
    private static final Set<String> PAIRS = Set.of("::", "==", "!=", "<=", ">=", "&&", "||");

    /** The kinds of token. */
    enum Kind {
        /** A name, a keyword or a number. */
        WORD,
        /** A string; its text still has the escapes. */
        STRING,
        /** An operator or a bracket. */
        SYMBOL
    }

    /** Returns the tokens of a text. Never fails: Cedar says what is wrong with a text that has no end of a string. */
    static List<PolicyToken> of(String text) {
        List<PolicyToken> tokens = new ArrayList<>();
        int index = 0;
        while (index < text.length()) {
            char c = text.charAt(index);
            int start = index;
            if (c == '"') {
                index = end(text, index + 1);
                tokens.add(new PolicyToken(Kind.STRING, text.substring(start + 1, Math.min(index, text.length())), start));
                index++;
            } else if (text.startsWith("//", index)) {
                while (index < text.length() && "\r\n".indexOf(text.charAt(index)) < 0) {
                    index++;
                }
            } else if (Character.isJavaIdentifierPart(c)) {
                while (index < text.length() && Character.isJavaIdentifierPart(text.charAt(index))) {
                    index++;
                }
                tokens.add(new PolicyToken(Kind.WORD, text.substring(start, index), start));
            } else if (Character.isWhitespace(c)) {
                index++;
            } else {
                boolean pair = index + 1 < text.length() && PAIRS.contains(text.substring(index, index + 2));
                index += pair ? 2 : 1;
                tokens.add(new PolicyToken(Kind.SYMBOL, text.substring(start, index), start));
            }
        }
        return tokens;
    }

    private static int end(String text, int start) {
        int index = start;
        while (index < text.length() && text.charAt(index) != '"') {
            index += text.charAt(index) == '\\' ? 2 : 1;
        }
        return index;
    }

    boolean is(String symbolOrWord) {
        return kind != Kind.STRING && text.equals(symbolOrWord);
    }

    boolean word() {
        return kind == Kind.WORD;
    }
}
