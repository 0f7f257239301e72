// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.Sha256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The secret of a token: {@code pst_}, 32 random bytes in base 62 (43 characters), and the CRC-32 of those 43 characters in base 62 (6 characters).
 * Prefix and checksum let a scanner find a leaked one without asking anybody. It prints as {@code pst_***}; only {@link #reveal()} returns it.
 */
public final class TokenSecret {
    /** Random bytes in a secret. */
    public static final int RANDOM_BYTES = 32;
    /** Characters of a secret. */
    public static final int LENGTH = 53;
    private static final String PREFIX = "pst_";
    private static final int RANDOM_CHARACTERS = 43;
    private static final int CHECKSUM_CHARACTERS = 6;
    private static final int CHECKSUM_START = PREFIX.length() + RANDOM_CHARACTERS;
    /** The largest 32 bytes in base 62, whose digits are in the order of their characters: what is greater, as text, needs more bytes. */
    private static final String GREATEST = Base62.encode(BigInteger.ONE.shiftLeft(RANDOM_BYTES * Byte.SIZE).subtract(BigInteger.ONE), RANDOM_CHARACTERS);

    private final String text;
    /** Computed when it is first asked for; twice gives the same. */
    private byte[] sha256;

    private TokenSecret(String text) {
        this.text = text;
    }

    /**
     * The secret made of these random bytes.
     *
     * @throws IllegalArgumentException unless there are 32 of them
     */
    public static TokenSecret of(byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("needs " + RANDOM_BYTES + " random bytes");
        }
        String body = Base62.encode(new BigInteger(1, random), RANDOM_CHARACTERS);
        return new TokenSecret(PREFIX + body + checksum(body));
    }

    /** The secret that {@code text} is; empty if its form or its checksum says that it never was one. Reads no store. */
    public static Optional<TokenSecret> read(String text) {
        if (text == null || text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        // Every call of a gateway comes through here: no number is computed that a comparison can do without.
        CRC32 crc = new CRC32();
        for (int i = PREFIX.length(); i < CHECKSUM_START; i++) {
            if (!Base62.digit(text.charAt(i))) {
                return Optional.empty();
            }
            crc.update(text.charAt(i));
        }
        boolean holds = text.regionMatches(CHECKSUM_START, checksum(crc), 0, CHECKSUM_CHARACTERS)
            && text.substring(PREFIX.length(), CHECKSUM_START).compareTo(GREATEST) <= 0;
        return holds ? Optional.of(new TokenSecret(text)) : Optional.empty();
    }

    /** SHA-256 of it, 32 bytes that nobody may change: what a gateway looks it up by. */
    public byte[] sha256() {
        byte[] known = sha256;
        if (known == null) {
            known = Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
            sha256 = known;
        }
        return known;
    }

    /** Returns the digest, which is all that is stored of the secret. */
    public TokenDigest digest() {
        return new TokenDigest(HexFormat.of().formatHex(sha256()));
    }

    /** The secret itself, for the one answer that hands it out. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSecret secret && digest().equals(secret.digest());
    }

    @Override
    public int hashCode() {
        return digest().hashCode();
    }

    @Override
    public String toString() {
        return PREFIX + "***";
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        return checksum(crc);
    }

    private static String checksum(CRC32 crc) {
        return Base62.encode(crc.getValue(), CHECKSUM_CHARACTERS);
    }
}
