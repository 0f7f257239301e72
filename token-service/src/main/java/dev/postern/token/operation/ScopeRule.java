// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.List;

/**
 * Which of the provider's scopes are needed: all of the lists, and of each list one. {@code [[a], [b, c]]} is a and (b or c). Without a list
 * nothing is needed.
 */
public record ScopeRule(List<List<String>> allOf) {
    /** Copies the lists. @throws IllegalArgumentException for a list without a scope, which nothing could fulfil */
    public ScopeRule {
        allOf = allOf.stream().map(List::copyOf).toList();
        if (allOf.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("a list of alternatives is empty");
        }
    }

    /** Returns the form used in refusals: {@code a+b|c}. */
    @Override
    public String toString() {
        return String.join("+", allOf.stream().map(alternatives -> String.join("|", alternatives)).toList());
    }
}
