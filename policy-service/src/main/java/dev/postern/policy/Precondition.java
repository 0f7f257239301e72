package dev.postern.policy;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * What must hold of the present text before a change: If-Match and If-None-Match of RFC 9110 section 13.1, as the edge has read them.
 *
 * @param allows             whether the change may go on where this is the present entity tag; empty if there is no text
 * @param namesWhatToReplace whether the caller named the text that is to be replaced, or said that any may be: If-Match is there
 */
public record Precondition(Predicate<Optional<String>> allows, boolean namesWhatToReplace) {
    /** No condition. */
    public static final Precondition NONE = new Precondition(etag -> true, false);
}
