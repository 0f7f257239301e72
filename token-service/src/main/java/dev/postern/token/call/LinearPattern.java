// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A {@code pattern} of a body schema, matched in time linear in the text (RE2). The syntax is that of ECMA-262 with the flag {@code u}, without lookaround
 * and back references, which no linear matcher has. Immutable; safe for any thread.
 */
final class LinearPattern {
    /** Characters of a pattern. */
    static final int CHARACTERS_MAX = 256;
    /** Instructions of a compiled pattern, repetitions unrolled. */
    static final int PROGRAM_MAX = 2_000;
    /** Steps (one instruction at one character) that one unit of work pays for. */
    private static final int STEPS_PER_UNIT = 1;

    private final Pattern pattern;
    private final int program;

    private LinearPattern(Pattern pattern) {
        this.pattern = pattern;
        this.program = pattern.programSize();
    }

    /** Compiles a pattern. @throws IllegalArgumentException if it cannot be matched in linear time, or is too large; the message says why */
    static LinearPattern of(String ecma) {
        if (ecma.length() > CHARACTERS_MAX) {
            throw new IllegalArgumentException("a pattern has at most " + CHARACTERS_MAX + " characters");
        }
        String re2 = new EcmaPattern(ecma, PROGRAM_MAX).translated();
        try {
            LinearPattern compiled = new LinearPattern(Pattern.compile(re2));
            if (compiled.program > PROGRAM_MAX) {
                throw new IllegalArgumentException(EcmaPattern.TOO_LARGE);
            }
            return compiled;
        } catch (PatternSyntaxException broken) {
            throw new IllegalArgumentException("is no regular expression that can be matched in linear time");
        }
    }

    /** Returns the number of instructions of the compiled program. */
    int program() {
        return program;
    }

    /** Returns whether it matches anywhere in a text. */
    boolean matches(String text, Work work) {
        work.take(20 + (text.length() + 1L) * program / STEPS_PER_UNIT);
        return pattern.matcher(text).find();
    }
}
