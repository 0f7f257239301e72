// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Operations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A credential whose life the call may choose ends with the grant at the latest. */
class BoundedExpiryTest {
    @ParameterizedTest
    @CsvSource({"0, 300", "300, 300", "301, 300", "60, 60", "-1, 300", "1e9, 300", "9999999999999999999, 300", "'', 300", "060, 300"})
    void noCredentialOutlivesTheGrant(String asked, String sent) {
        assertThat(BoundedExpiry.of(Map.of("expiry_seconds", List.of(asked), "read_write", List.of("true")), Duration.ofSeconds(300)))
            .containsEntry("expiry_seconds", List.of(sent)).containsEntry("read_write", List.of("true"));
    }

    @Test
    void credentialWithoutAnExpiryGetsOne() {
        assertThat(BoundedExpiry.of(Map.of(), Duration.ofMillis(300_900))).containsExactly(Map.entry("expiry_seconds", List.of("300")));
        assertThat(BoundedExpiry.of(Map.of(), Duration.ofMillis(10))).containsExactly(Map.entry("expiry_seconds", List.of("1")));
        assertThat(BoundedExpiry.of(Map.of("expiry_seconds", List.of("0", "60")), Duration.ofSeconds(300))).containsEntry("expiry_seconds", List.of("300"));
    }

    @Test
    void everyCredentialThatTakesAnExpiryIsBounded() {
        assertThat(Operations.bundled().all().stream().filter(BoundedExpiry::applies).map(Operation::id)).extracting(Object::toString)
            .containsExactlyInAnyOrder(
                "kubernetes_get_kubeconfig", "kubernetes_get_credentials", "registry_get_dockerCredentials", "registries_get_dockerCredentials");
    }
}
