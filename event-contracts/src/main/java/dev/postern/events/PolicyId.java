// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** Names one policy: the id in the route, and the {@code @id} of the policy's text. */
public record PolicyId(String value) implements Comparable<PolicyId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?");

    /** @throws IllegalArgumentException if the name is not of the form {@code [a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?} */
    @JsonCreator
    public PolicyId {
        if (value == null || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("must match [a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?");
        }
    }

    @Override
    public int compareTo(PolicyId other) {
        return value.compareTo(other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value;
    }
}
