// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
    private final Secrets secrets = new Secrets().know("a credential", "dop_v1_0123456789");

    @Test
    void knownSecretIsFoundInTheMiddle() {
        assertThat(secrets.in("x=dop_v1_0123456789;")).containsExactly("a credential after \"x=\"");
    }

    @Test
    void aTokenIsFoundByItsFormAndTheWayItPrintsIsNoToken() {
        assertThat(secrets.in("pst_*** pst_ pst_short but pst_0aZ3456789012345678901234567890")).hasSize(1);
        assertThat(secrets.in("pst_***")).isEmpty();
    }

    @Test
    void aJwtIsFoundByItsFormAndABase64ObjectIsNone() {
        assertThat(secrets.in("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJvbGdhIn0.c2lnbmF0dXJlLXg")).hasSize(1);
        assertThat(secrets.in("eyJhbGciOiJSUzI1NiJ9")).isEmpty();
    }
}
