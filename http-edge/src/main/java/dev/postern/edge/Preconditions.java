// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@code If-Match} and {@code If-None-Match} (RFC 9110 section 13.1): lists, {@code *}, and headers on several lines. {@code If-Match} compares
 * strongly and {@code If-None-Match} weakly (section 8.8.3.2), so that a tag that a proxy made weak, as nginx does when it compresses, is still the tag.
 */
public final class Preconditions {
    private static final String ANY = "*";
    private static final String WEAK = "W/";
    private static final String TAG = "(?:W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\"";
    private static final Pattern ONE = Pattern.compile(TAG);
    /** RFC 9110 section 5.6.1: a recipient also takes empty elements. */
    private static final Pattern LIST = Pattern.compile("[ \\t,]*+" + TAG + "(?:[ \\t]*+,[ \\t]*+(?:" + TAG + ")?+)*+[ \\t]*+");
    private static final int LENGTH_MAX = 1_000;

    private final Optional<Set<String>> ifMatch;
    private final Optional<Set<String>> ifNoneMatch;

    private Preconditions(Optional<Set<String>> ifMatch, Optional<Set<String>> ifNoneMatch) {
        this.ifMatch = ifMatch;
        this.ifNoneMatch = ifNoneMatch;
    }

    /**
     * Reads the lines of both headers; null or no lines for an absent one.
     *
     * @throws Problem 400 {@code invalid-entity-tag} if one is neither {@code *} nor a list of entity tags
     */
    public static Preconditions of(List<String> ifMatch, List<String> ifNoneMatch) {
        return new Preconditions(tags("If-Match", ifMatch), tags("If-None-Match", ifNoneMatch));
    }

    /** Returns the entity tag of a version. */
    public static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** Returns whether the request has {@code If-Match}. */
    public boolean hasIfMatch() {
        return ifMatch.isPresent();
    }

    /** Returns whether the request has {@code If-None-Match}. */
    public boolean hasIfNoneMatch() {
        return ifNoneMatch.isPresent();
    }

    /**
     * Returns true if {@code If-Match} and {@code If-None-Match} allow the write.
     *
     * @param etag the present strong entity tag, quotes included; empty if there is no representation
     */
    public boolean allow(Optional<String> etag) {
        return ifMatch.map(wanted -> etag.isPresent() && (wanted.contains(ANY) || wanted.contains(etag.get()))).orElse(true) && !known(etag);
    }

    /** Returns whether the caller of a read knows the present representation: its answer is 304. False without {@code If-None-Match}. */
    public boolean known(Optional<String> etag) {
        return etag.isPresent() && ifNoneMatch.map(tags -> tags.contains(ANY)
            || tags.stream().anyMatch(tag -> opaque(tag).equals(opaque(etag.get())))).orElse(false);
    }

    private static String opaque(String tag) {
        return tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag;
    }

    private static Optional<Set<String>> tags(String header, List<String> lines) {
        if (lines == null || lines.isEmpty()) {
            return Optional.empty();
        }
        String value = String.join(", ", lines);
        if (value.strip().equals(ANY)) {
            return Optional.of(Set.of(ANY));
        }
        if (value.length() > LENGTH_MAX || !LIST.matcher(value).matches()) {
            throw Problem.badRequest("invalid-entity-tag", "", header + " must be * or a list of entity tags, such as \"3\" or W/\"3\", of at most "
                + LENGTH_MAX + " characters");
        }
        Matcher each = ONE.matcher(value);
        return Optional.of(Stream.generate(() -> each.find() ? each.group() : "").takeWhile(tag -> !tag.isEmpty()).collect(Collectors.toSet()));
    }
}
