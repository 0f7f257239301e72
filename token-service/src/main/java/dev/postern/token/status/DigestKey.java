// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import java.security.MessageDigest;
import java.util.HexFormat;

/** A digest as the key of a table. Compared in a time that does not depend on where two differ. */
final class DigestKey {
    private static final int BYTES = 32;
    private final byte[] digest;

    /** @param digest 32 bytes, immutable from now on */
    DigestKey(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("not 32 bytes");
        }
        this.digest = digest;
    }

    static DigestKey of(String hex) {
        return new DigestKey(HexFormat.of().parseHex(hex));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DigestKey key && MessageDigest.isEqual(digest, key.digest);
    }

    /** A digest's first bytes are as good a hash as any. */
    @Override
    public int hashCode() {
        return (digest[0] & 0xff) << 24 | (digest[1] & 0xff) << 16 | (digest[2] & 0xff) << 8 | digest[3] & 0xff;
    }
}
