// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.regex.Pattern;

/** The name of an operation: the {@code operationId} of the provider's OpenAPI document, as {@code firewalls_add_rules}. */
public record OperationId(String value) implements Comparable<OperationId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");

    /** @throws IllegalArgumentException if it has another form */
    public OperationId {
        if (value == null || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("no operation id");
        }
    }

    @Override
    public int compareTo(OperationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
