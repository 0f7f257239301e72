// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RefuseWhileDownTest {
    @Test
    void whatIsAwayIsNamedOnceHoweverManyTellOfIt() {
        assertThat(said(List.of("Kafka"), List.of("Kafka"))).isEqualTo("Kafka cannot be reached at the moment; nothing was accepted");
        assertThat(said(List.of("PostgreSQL"), List.of(), List.of("Kafka")))
            .isEqualTo("Kafka and PostgreSQL cannot be reached at the moment; nothing was accepted");
    }

    @Test
    void nothingIsRefusedWhileEverythingIsThere() {
        assertThat(RefuseWhileDown.refusal(List.of(List::of, List::of))).isEmpty();
    }

    @SafeVarargs
    private static String said(List<String>... away) {
        Problem refusal = RefuseWhileDown.refusal(List.of(away).stream().map(names -> (Dependencies) () -> names).toList()).orElseThrow();
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.retryAfterSeconds()).isPresent();
        return refusal.detail();
    }
}
