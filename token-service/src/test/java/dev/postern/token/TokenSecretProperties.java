// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class TokenSecretProperties {
    @Property
    void everySecretHasTheFormThatScannersLookFor(@ForAll @Size(32) byte[] random) {
        assertThat(TokenSecret.of(random).reveal()).matches("pst_[0-9A-Za-z]{49}");
    }

    @Property
    void everySecretIsReadBack(@ForAll @Size(32) byte[] random) {
        TokenSecret secret = TokenSecret.of(random);
        assertThat(TokenSecret.read(secret.reveal())).contains(secret);
    }

    @Property
    void otherBytesMakeAnotherSecret(@ForAll @Size(32) byte[] random, @ForAll @IntRange(max = 31) int at, @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] other = random.clone();
        other[at] ^= (byte) change;
        assertThat(TokenSecret.of(other).reveal()).isNotEqualTo(TokenSecret.of(random).reveal());
    }

    @Property
    void oneWrongCharacterIsAlwaysNoticed(@ForAll @Size(32) byte[] random, @ForAll @IntRange(max = 52) int at,
                                          @ForAll @CharRange(from = '0', to = 'z') char wrong) {
        String text = TokenSecret.of(random).reveal();
        String changed = text.substring(0, at) + wrong + text.substring(at + 1);
        assertThat(TokenSecret.read(changed).isPresent()).isEqualTo(changed.equals(text));
    }

    @Property
    void numbersOfBothSizesAreWrittenAlike(@ForAll @LongRange(min = 0) long number) {
        assertThat(Base62.encode(number, 43)).isEqualTo(Base62.encode(BigInteger.valueOf(number), 43));
    }

    @Property
    void nothingGreaterThanTheLargestSecretIsOne(@ForAll("numbers") BigInteger number) {
        String body = Base62.encode(number.add(BigInteger.TWO.pow(256)).min(BigInteger.valueOf(62).pow(43).subtract(BigInteger.ONE)), 43);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(body.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(TokenSecret.read("pst_" + body + Base62.encode(crc.getValue(), 6))).isEmpty();
    }

    @Property
    void base62KeepsTheOrderOfNumbers(@ForAll("numbers") BigInteger one, @ForAll("numbers") BigInteger other) {
        // Digits are ordered as ASCII is, so that a fixed width sorts as the numbers do.
        assertThat(Integer.signum(Base62.encode(one, 43).compareTo(Base62.encode(other, 43)))).isEqualTo(one.compareTo(other));
    }

    @Provide
    Arbitrary<BigInteger> numbers() {
        return Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TWO.pow(256).subtract(BigInteger.ONE));
    }
}
