package dev.postern.token;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The secret of a token: {@code pst_}, 32 random bytes in base 62 (43 characters), and the CRC-32 of those 43 characters in base 62 (6 characters).
 * Prefix and checksum let a scanner find a leaked one without asking anybody. It prints as {@code pst_***}; only {@link #reveal()} tells it.
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

    private final String text;

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

    /** The secret that {@code text} is; empty if its form or its checksum says that it never was one. Costs no look at any store. */
    public static Optional<TokenSecret> read(String text) {
        if (text == null || text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String body = text.substring(PREFIX.length(), CHECKSUM_START);
        if (!checksum(body).equals(text.substring(CHECKSUM_START))) {
            return Optional.empty();
        }
        try {
            return Base62.decode(body).bitLength() <= RANDOM_BYTES * Byte.SIZE ? Optional.of(new TokenSecret(text)) : Optional.empty();
        } catch (IllegalArgumentException notBase62) {
            return Optional.empty();
        }
    }

    /** What is kept of it. */
    public TokenDigest digest() {
        return new TokenDigest(Sha256.hex(text.getBytes(StandardCharsets.US_ASCII)));
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
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return Base62.encode(BigInteger.valueOf(crc.getValue()), CHECKSUM_CHARACTERS);
    }
}
