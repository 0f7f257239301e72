package dev.postern.policy;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What must hold of the present representation before a change: If-Match and If-None-Match of RFC 9110 section 13.1.
 *
 * @param ifMatch     entity tags of which one has to be the present one, or {@code *} for any; empty for no such condition
 * @param ifNoneMatch entity tags of which none may be the present one, or {@code *} for any; empty for no such condition
 */
public record Precondition(Optional<Set<String>> ifMatch, Optional<Set<String>> ifNoneMatch) {
    /** No condition. */
    public static final Precondition NONE = new Precondition(Optional.empty(), Optional.empty());
    private static final String ANY = "*";
    private static final String TAG = "(?:W/)?\"[\\x21\\x23-\\x7e]*\"";
    private static final Pattern ONE = Pattern.compile(TAG);
    private static final Pattern LIST = Pattern.compile("\\s*(?:" + TAG + ")(?:\\s*,\\s*" + TAG + ")*\\s*");
    private static final int LENGTH_MAX = 1_000;

    /**
     * Reads the two headers, null for an absent one.
     *
     * @throws IllegalArgumentException if one is neither {@code *} nor a list of entity tags
     */
    public static Precondition of(String ifMatch, String ifNoneMatch) {
        return new Precondition(tags(ifMatch), tags(ifNoneMatch));
    }

    /** Whether it holds where {@code etag} is the present entity tag; empty if there is nothing. */
    public boolean holds(Optional<String> etag) {
        return ifMatch.map(wanted -> etag.isPresent() && (wanted.contains(ANY) || wanted.contains(etag.get()))).orElse(true)
            && !met(etag);
    }

    /** Whether If-None-Match is there and meets the present entity tag: then a GET has nothing new to tell. Weak tags count (section 8.8.3.2). */
    public boolean met(Optional<String> etag) {
        return ifNoneMatch.map(unwanted -> etag.isPresent() && (unwanted.contains(ANY) || unwanted.contains(etag.get())
            || unwanted.contains("W/" + etag.get()))).orElse(false);
    }

    private static Optional<Set<String>> tags(String header) {
        if (header == null) {
            return Optional.empty();
        }
        if (header.strip().equals(ANY)) {
            return Optional.of(Set.of(ANY));
        }
        if (header.length() > LENGTH_MAX || !LIST.matcher(header).matches()) {
            throw new IllegalArgumentException("must be * or a list of entity tags");
        }
        Matcher each = ONE.matcher(header);
        return Optional.of(Stream.generate(() -> each.find() ? each.group() : "").takeWhile(tag -> !tag.isEmpty()).collect(Collectors.toSet()));
    }
}
