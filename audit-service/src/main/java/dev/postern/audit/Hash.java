// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.Sha256;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A SHA-256 value of the tree: a leaf's, a node's or a root (RFC 9162 section 2.1.1). */
public final class Hash {
    /** Length in bytes. */
    public static final int BYTES = 32;
    private static final byte[] LEAF = {0x00};
    private static final byte[] NODE = {0x01};
    private static final Hash NOTHING = new Hash(Sha256.of());

    private final byte[] value;

    private Hash(byte[] value) {
        this.value = value;
    }

    /** @throws IllegalArgumentException if there are not 32 bytes */
    public static Hash of(byte[] value) {
        if (value.length != BYTES) {
            throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + value.length);
        }
        return new Hash(value.clone());
    }

    /** The hashes in {@code joined}, one after the other; the inverse of {@link #join}. */
    public static List<Hash> split(byte[] joined) {
        if (joined.length % BYTES != 0) {
            throw new IllegalArgumentException("hashes have " + BYTES + " bytes each, together not " + joined.length);
        }
        Hash[] hashes = new Hash[joined.length / BYTES];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = new Hash(Arrays.copyOfRange(joined, i * BYTES, (i + 1) * BYTES));
        }
        return List.of(hashes);
    }

    /** The bytes of {@code hashes}, one after the other. */
    public static byte[] join(List<Hash> hashes) {
        byte[] joined = new byte[hashes.size() * BYTES];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(hashes.get(i).value, 0, joined, i * BYTES, BYTES);
        }
        return joined;
    }

    /** The root of the empty tree: SHA-256 of nothing. */
    public static Hash ofNothing() {
        return NOTHING;
    }

    /** SHA-256(0x00 || leaf). */
    public static Hash ofLeaf(byte[] leaf) {
        return new Hash(Sha256.of(LEAF, leaf));
    }

    /** SHA-256(0x01 || left || right). */
    public static Hash ofNode(Hash left, Hash right) {
        return new Hash(Sha256.of(NODE, left.value, right.value));
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return value.clone();
    }

    /** Returns the Base64 form that {@code root_hash} of a checkpoint has. */
    public String base64() {
        return Base64.getEncoder().encodeToString(value);
    }

    /** Returns the hexadecimal form that {@code leaf_hash} has. */
    public String hex() {
        return HexFormat.of().formatHex(value);
    }

    /** @throws IllegalArgumentException if it is not 64 hexadecimal digits */
    public static Hash fromHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(value, hash.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return hex();
    }
}
