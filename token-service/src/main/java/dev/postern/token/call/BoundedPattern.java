package dev.postern.token.call;

import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A {@code pattern} of a stranger's schema. Java's matcher may take a time that grows exponentially with the text; here it may look at so many
 * characters and no more.
 */
final class BoundedPattern implements RegularExpression {
    /** Characters looked at for one text; about 10 ms. */
    static final int LOOKS_MAX = 1_000_000;
    /** A longer text never matches: Java's matcher recurses once per character. */
    static final int TEXT_CHARACTERS_MAX = 4_096;

    private final Pattern pattern;

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** No answer within the limits. */
    static final class TooMuchWork extends JsonSchemaException {
        private static final long serialVersionUID = 1L;

        TooMuchWork() {
            super("a pattern takes too long");
        }
    }

    /** The patterns of JSON Schema are those of ECMA-262, where {@code $} is the very end; Java's also matches before a last line break. */
    static BoundedPattern of(String ecma) {
        return new BoundedPattern(Pattern.compile(veryEnd(ecma)));
    }

    @Override
    public boolean matches(String text) {
        if (text.length() > TEXT_CHARACTERS_MAX) {
            throw new TooMuchWork();
        }
        return pattern.matcher(new Counted(text, new int[] {LOOKS_MAX})).find();
    }

    /** Replaces {@code $} where it is no escaped or bracketed one. */
    private static String veryEnd(String ecma) {
        StringBuilder java = new StringBuilder();
        boolean inClass = false;
        for (int at = 0; at < ecma.length(); at++) {
            char one = ecma.charAt(at);
            if (one == '\\' && at + 1 < ecma.length()) {
                java.append(one).append(ecma.charAt(++at));
                continue;
            }
            inClass = one == '[' || inClass && one != ']';
            java.append(one == '$' && !inClass ? "\\z" : String.valueOf(one));
        }
        return java.toString();
    }

    /** A text that counts how often it is looked at. */
    private record Counted(String text, int[] looksLeft) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int at) {
            if (looksLeft[0]-- <= 0) {
                throw new TooMuchWork();
            }
            return text.charAt(at);
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return new Counted(text.substring(from, to), looksLeft);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
