package dev.postern.firewall.http;

import dev.postern.edge.Problem;
import java.util.Arrays;
import java.util.Optional;

/** {@code If-Match} and {@code If-None-Match} of a write (RFC 9110 section 13.1), against versions as entity tags. */
final class Preconditions {
    private final Optional<String> match;
    private final Optional<String> noneMatch;

    Preconditions(String ifMatch, String ifNoneMatch) {
        match = Optional.ofNullable(ifMatch);
        noneMatch = Optional.ofNullable(ifNoneMatch);
    }

    static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** @throws Problem 412 if the present state is not the one that the caller expects */
    void check(boolean exists, long version) {
        boolean holds = match.map(tags -> exists && names(tags, version)).orElse(true)
            && noneMatch.map(tags -> !(exists && names(tags, version))).orElse(true);
        if (!holds) {
            throw new Problem(412, "precondition-failed", exists ? "the service has version " + version : "there is no such service");
        }
    }

    private static boolean names(String tags, long version) {
        return Arrays.stream(tags.split(",")).map(String::strip).anyMatch(tag -> tag.equals("*") || tag.equals(tag(version)));
    }
}
