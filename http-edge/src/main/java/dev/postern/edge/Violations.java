// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Gathers all that is wrong with a body, so that a caller learns it in one answer. Not for use by several threads. */
public final class Violations {
    /** The most violations that one answer names. */
    public static final int ERRORS_MAX = 20;
    private final List<Violation> found = new ArrayList<>();

    /** Notes what is wrong at {@code pointer}. */
    public Violations add(String pointer, String rule, String detail) {
        if (found.size() < ERRORS_MAX) {
            found.add(new Violation(pointer, rule, detail));
        }
        return this;
    }

    /**
     * Parses a member.
     *
     * @return what {@code parser} gives; null if it refused (with IllegalArgumentException, whose message becomes the detail)
     */
    public <T> T parse(String pointer, String rule, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException refused) {
            add(pointer, rule, refused.getMessage() == null ? "is not valid" : refused.getMessage());
            return null;
        }
    }

    /** Returns true if there is no violation so far. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** Everything found so far, in the order it was found. */
    public List<Violation> all() {
        return List.copyOf(found);
    }

    /** @throws Problem 400 {@code invalid-body} with all errors, if there are any; its pointer is the first one's, its detail, too */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            Violation first = found.get(0);
            throw new Problem(400, "invalid-body", first.detail()).at(first.pointer()).with(found);
        }
    }
}
