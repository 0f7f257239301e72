// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** SHA-256 of a token's secret, as 64 lower-case hexadecimal digits: all that is ever kept of a secret. */
public record TokenDigest(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException if it is no SHA-256 in lower-case hexadecimal */
    public TokenDigest {
        if (value == null || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("must be 64 lower-case hexadecimal digits");
        }
    }

    /** Compares in a time that does not depend on where the digests differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TokenDigest digest
            && MessageDigest.isEqual(value.getBytes(StandardCharsets.US_ASCII), digest.value.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
