// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials that are no token. */
class RefuseMalformedTest {
    private static final int LONG = 1_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"Bearer .", "bearer ..", "Bearer  . . ", "Bearer "})
    void dotsAndBlanksAreNoToken(String authorization) {
        assertThat(RefuseMalformed.isNoToken(authorization)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer a.b.c", "Bearer .a", "Bearer", "."})
    void otherCredentialsAreLeftToTheVerifier(String authorization) {
        assertThat(RefuseMalformed.isNoToken(authorization)).isFalse();
    }

    /** A pattern that tries every split of the blanks would take hours. */
    @Test
    void longCredentialsTakeLinearTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThat(RefuseMalformed.isNoToken("Bearer" + " ".repeat(LONG) + "x")).isFalse();
            assertThat(RefuseMalformed.isNoToken("Bearer" + " ".repeat(LONG) + ".")).isTrue();
        });
    }
}
