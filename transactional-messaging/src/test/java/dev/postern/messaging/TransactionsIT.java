// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequested;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@LedgerApplication
class TransactionsIT {
    @Inject
    Ledger ledger;
    @Inject
    Outbox outbox;

    @Test
    void aDecisionPublishesItsEventOnceItIsCommitted() throws Throwable {
        Wire.createTopics();
        AccessRequested request = Examples.request();
        VertxContextSupport.subscribeAndAwait(() -> ledger.decide(request));
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(Wire.ended(request)).hasSize(1));
    }

    @Test
    void aDecisionRolledBackPublishesNothing() throws Throwable {
        Wire.createTopics();
        AccessRequested rolledBack = Examples.request();
        assertThatThrownBy(() -> VertxContextSupport.subscribeAndAwait(() -> ledger.decideAndFail(rolledBack, outbox))).hasMessage(Ledger.REFUSED);
        AccessRequested after = Examples.request();
        VertxContextSupport.subscribeAndAwait(() -> ledger.decide(after));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(Wire.ended(after)).hasSize(1));
        assertThat(LedgerRows.noted(rolledBack)).isZero();
        assertThat(Wire.ended(rolledBack)).isEmpty();
    }

    @Test
    void anEventPublishedBeforeFailsTheWholeDecision() throws Throwable {
        Wire.createTopics();
        AccessRequested request = Examples.request();
        VertxContextSupport.subscribeAndAwait(() -> ledger.decide(request));
        assertThatThrownBy(() -> VertxContextSupport.subscribeAndAwait(() -> ledger.decide(request))).isNotNull();
        assertThat(LedgerRows.noted(request)).isEqualTo(1);
    }
}
