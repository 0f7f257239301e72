// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code wait} preference of RFC 7240, section 4.3: how long a caller would rather wait than be answered with 202. */
public final class PreferWait {
    /** The longest wait that is granted. */
    public static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String WORD = "(?:" + TOKEN + "|\"(?:[^\"\\\\]|\\\\.)*+\")";
    /** Every repetition is possessive: nothing is tried twice, so the time is linear. */
    private static final Pattern PREFERENCE = Pattern.compile("[ \\t]*+(" + TOKEN + ")(?:[ \\t]*+=[ \\t]*+(" + WORD + "))?+"
        + "(?:[ \\t]*+;[ \\t]*+(?:" + TOKEN + "(?:[ \\t]*+=[ \\t]*+" + WORD + ")?+)?+)*+[ \\t]*+(?:,|\\z)");

    private PreferWait() {}

    /**
     * @param preferHeader the Prefer header, several of them joined by commas; null if there is none
     * @return the wait, at most {@link #WAIT_MAX}; empty if there is none or it is malformed, which RFC 7240 says to ignore
     */
    public static Optional<Duration> of(String preferHeader) {
        if (preferHeader == null || preferHeader.length() > 1_000) {
            return Optional.empty();
        }
        Matcher preference = PREFERENCE.matcher(preferHeader);
        int at = 0;
        while (at < preferHeader.length()) {
            if (!preference.find(at) || preference.start() != at) {
                return Optional.empty();
            }
            if (preference.group(1).equalsIgnoreCase("wait")) {
                return seconds(preference.group(2));
            }
            at = preference.end();
        }
        return Optional.empty();
    }

    private static Optional<Duration> seconds(String word) {
        if (word == null) {
            return Optional.empty();
        }
        String digits = word.startsWith("\"") ? word.substring(1, word.length() - 1) : word;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        long seconds = digits.length() > 9 ? Long.MAX_VALUE : Long.parseLong(digits);
        return Optional.of(Duration.ofSeconds(Math.min(seconds, WAIT_MAX.toSeconds())));
    }
}
