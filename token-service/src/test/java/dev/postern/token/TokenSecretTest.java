// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.postern.events.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSecretTest {
    /** Computed by another implementation (Python's int.from_bytes, zlib.crc32 and hashlib.sha256). */
    private static final String OF_0_TO_31 = "pst_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1Yo7hP";

    @Test
    void aSecretOfKnownBytesHasTheTextAndDigestThatAnotherImplementationGives() {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(TokenSecret.of(bytes).reveal()).isEqualTo(OF_0_TO_31);
        assertThat(TokenSecret.of(bytes).digest().value()).isEqualTo("7fc79d2182d4853c35931fa7e94d042f20f8f4b6ce2d8b9381e323ac839c1f6d");
        assertThat(TokenSecret.of(new byte[32]).reveal()).isEqualTo("pst_00000000000000000000000000000000000000000002CZclj");
    }

    @Test
    void theLargestBytesFillTheWidthAndNotMore() {
        byte[] ones = new byte[32];
        java.util.Arrays.fill(ones, (byte) 0xff);
        assertThat(TokenSecret.of(ones).reveal()).hasSize(TokenSecret.LENGTH);
        assertThat(TokenSecret.read(TokenSecret.of(ones).reveal())).isPresent();
    }

    @Test
    void aNumberThatNoBytesGiveIsNoSecretThoughItsChecksumIsRight() {
        String body = "z".repeat(43);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(body.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        String forged = "pst_" + body + Base62.encode(java.math.BigInteger.valueOf(crc.getValue()), 6);
        assertThat(TokenSecret.read(forged)).isEmpty();
    }

    @Test
    void aSecretPrintsAsStarsWhereverItIsPrinted() {
        TokenSecret secret = Examples.secret(1);
        assertThat(secret).hasToString("pst_***");
        assertThat(String.valueOf(java.util.Optional.of(secret))).doesNotContain(secret.reveal());
    }

    @Test
    void theDigestIsTheSha256OfTheWholeText() {
        assertThat(Examples.digest(1).value()).isEqualTo(Sha256.hex(Examples.secret(1).reveal().getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        assertThat(Sha256.hex("abc".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
            .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pst_", "pst_***", "dop_v1_0123456789", "PST_0000000000000000000000000000000000000000000000000",
        "pst_0000000000000000000000000000000000000000000000000", "pst_00000000000000000000000000000000000000000000000 0"})
    void malformedSecretIsNotRead(String text) {
        assertThat(TokenSecret.read(text)).isEmpty();
    }

    @Test
    void fewerOrMoreBytesMakeNoSecret() {
        assertThatIllegalArgumentException().isThrownBy(() -> TokenSecret.of(new byte[31]));
        assertThatIllegalArgumentException().isThrownBy(() -> TokenSecret.of(new byte[33]));
        assertThat(TokenSecret.read(null)).isEmpty();
    }

    @Test
    void aDigestIsLowerCaseHexadecimal() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenDigest("A".repeat(64)));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenDigest("a".repeat(63)));
    }
}
