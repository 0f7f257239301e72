// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a JSON value so that equal values have equal texts (JSON Schema core, section 4.2.2: 1 and 1.0 are equal, the order of members does not count),
 * and takes the work of that from the call's.
 */
final class CanonicalJson {
    /** Digits of a number that is compared. */
    static final int DIGITS_MAX = 100;
    /** The largest power of ten of a number that is compared, and its smallest with the sign changed. */
    static final int EXPONENT_MAX = 400;
    private static final double EXACT = 1L << 53;
    /** Whole numbers with more digits are written with a power of ten. */
    private static final int WHOLE_DIGITS = 18;
    private static final long WHOLE_MAX = 1_000_000_000_000_000_000L;

    private final Work work;
    private final int charactersMax;
    private final StringBuilder text = new StringBuilder();

    private CanonicalJson(Work work, int charactersMax) {
        this.work = work;
        this.charactersMax = charactersMax;
    }

    /** Ends the writing of a text that is longer than wanted. */
    private static final class TooLong extends Exception {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("too long", null, false, false);
        }
    }

    /** The text of a value; null if it has more characters than that. @throws Work.Exhausted if the work of the call is used up */
    static String of(JsonNode value, Work work, int charactersMax) {
        CanonicalJson canonical = new CanonicalJson(work, charactersMax);
        try {
            canonical.write(value);
            return canonical.text.toString();
        } catch (TooLong longer) {
            return null;
        }
    }

    private void write(JsonNode value) throws TooLong {
        work.take(5);
        if (value.isTextual()) {
            text(value.textValue());
        } else if (value.isNumber()) {
            work.take(20);
            append(number(value, work));
        } else if (value.isArray()) {
            append("[");
            for (JsonNode element : value) {
                write(element);
            }
            append("]");
        } else if (value.isObject()) {
            append("{");
            for (Map.Entry<String, JsonNode> member : sorted(value).entrySet()) {
                text(member.getKey());
                write(member.getValue());
            }
            append("}");
        } else {
            append(value.isNull() ? "~" : value.asText());
        }
        append(",");
    }

    private Map<String, JsonNode> sorted(JsonNode object) {
        int rounds = 1 + Integer.SIZE - Integer.numberOfLeadingZeros(object.size());
        Map<String, JsonNode> sorted = new TreeMap<>();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            work.take(5 + rounds * (2 + member.getKey().length() / 4L));
            sorted.put(member.getKey(), member.getValue());
        }
        return sorted;
    }

    /** Writes the length before the characters, so that no text can be read as two. */
    private void text(String value) throws TooLong {
        work.take(Math.min(value.length(), charactersMax) / 4L);
        if (value.length() > charactersMax) {
            throw new TooLong();
        }
        append("\"" + value.length() + ":");
        append(value);
    }

    private void append(String part) throws TooLong {
        text.append(part);
        if (text.length() > charactersMax) {
            throw new TooLong();
        }
    }

    /** A number's text: decimal where it is whole and small, else its digits and its power of ten. */
    private static String number(JsonNode value, Work work) {
        if (value.isInt() || value.isLong() && Math.abs(value.longValue()) < WHOLE_MAX && value.longValue() != Long.MIN_VALUE) {
            return Long.toString(value.longValue());
        }
        if (value.isDouble() && Math.abs(value.doubleValue()) < EXACT && value.doubleValue() == Math.rint(value.doubleValue())) {
            return Long.toString((long) value.doubleValue());
        }
        work.take(value.isBigInteger() ? 400 : 30);
        BigDecimal exact = exact(value, work).stripTrailingZeros();
        return exact.scale() <= 0 && exact.precision() - exact.scale() <= WHOLE_DIGITS ? Long.toString(exact.longValueExact())
            : exact.unscaledValue() + "E" + -exact.scale();
    }

    /** A number as a decimal. @throws Work.Exhausted also for one with more than {@link #DIGITS_MAX} digits or beyond {@link #EXPONENT_MAX} */
    static BigDecimal exact(JsonNode value, Work work) {
        if (value.isInt() || value.isLong()) {
            return BigDecimal.valueOf(value.longValue());
        }
        work.take(value.isBigInteger() ? 200 : 120);
        BigDecimal exact = value.decimalValue();
        if (exact.precision() > DIGITS_MAX || Math.abs((long) exact.scale()) > EXPONENT_MAX) {
            throw new Work.Exhausted();
        }
        return exact;
    }
}
