// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Names one token without telling its secret. */
public record TokenId(UUID value) {
    /** @throws NullPointerException without a value */
    public TokenId {
        Objects.requireNonNull(value, "value");
    }

    /**
     * Reads the canonical form of RFC 9562 section 4: 36 characters, lower case.
     *
     * @throws IllegalArgumentException for anything else; shorter or upper-case forms would give one id two spellings
     */
    @JsonCreator
    public static TokenId of(String text) {
        UUID value = text == null ? null : UUID.fromString(text);
        if (value == null || !value.toString().equals(text)) {
            throw new IllegalArgumentException("must be a UUID of 36 characters in lower case");
        }
        return new TokenId(value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value.toString();
    }
}
