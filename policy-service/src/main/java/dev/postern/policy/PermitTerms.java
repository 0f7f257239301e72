// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Terms of a permit, from its annotations.
 *
 * @param maxDuration no grant by this permit is longer; empty for no limit of its own
 * @param approver    the role of the person who has to approve; empty if no approval is needed
 */
public record PermitTerms(Optional<Duration> maxDuration, Optional<String> approver) {
    /** The annotation that limits the duration: ISO 8601, as {@code PT8H}. */
    public static final String MAX_DURATION = "max_duration";
    /** The annotation that asks for a person, by role. */
    public static final String APPROVAL = "approval";
    /** No limit of its own, and no approval. */
    public static final PermitTerms NONE = new PermitTerms(Optional.empty(), Optional.empty());
    /** The longest grant there is; token-service accepts no longer duration. */
    public static final Duration LONGEST = Duration.ofDays(90);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException for a duration that is none or not from PT1S to P90D, and for an approval without a role
     */
    public static PermitTerms of(Map<String, String> annotations) {
        return new PermitTerms(Optional.ofNullable(annotations.get(MAX_DURATION)).map(PermitTerms::duration),
            Optional.ofNullable(annotations.get(APPROVAL)).map(PermitTerms::role));
    }

    /** Returns the duration that this permit grants to a request for {@code asked}. */
    public Duration granted(Duration asked) {
        return maxDuration.filter(longest -> longest.compareTo(asked) < 0).orElse(asked);
    }

    private static Duration duration(String text) {
        try {
            Duration duration = Duration.parse(text);
            if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0 && !text.contains("-")) {
                return duration;
            }
        } catch (DateTimeParseException | ArithmeticException unreadable) {
            throw new IllegalArgumentException("@" + MAX_DURATION + " must be an ISO 8601 duration, as PT8H", unreadable);
        }
        throw new IllegalArgumentException("@" + MAX_DURATION + " must be from PT1S to P90D");
    }

    private static String role(String text) {
        if (!ROLE.matcher(text).matches()) {
            throw new IllegalArgumentException("@" + APPROVAL + " must name a role, as @approval(\"approver\")");
        }
        return text;
    }
}
