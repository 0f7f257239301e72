// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequested;
import dev.postern.local.parts.RealParts;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After an outage every accepted event arrives, once, without a restart of our processes. */
@QuarkusTest
@LedgerApplication
class OutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration RECOVERY = Duration.ofSeconds(60);
    @Inject
    Ledger ledger;

    @Test
    void theBrokerAwayForThirtySecondsLosesNothingAndNeedsNoRestart() throws Throwable {
        Wire.createTopics();
        List<AccessRequested> accepted = new ArrayList<>(decide(10));
        await().atMost(RECOVERY).until(() -> ready() == 200);
        RealParts.kafka().kill();
        long killed = System.nanoTime();
        accepted.addAll(decide(20));
        await().atMost(RECOVERY).until(() -> ready() == 503);
        await().atMost(RECOVERY).until(() -> System.nanoTime() - killed >= OUTAGE.toNanos());
        accepted.addAll(decide(10));
        assertThat(LedgerRows.unsent()).isGreaterThanOrEqualTo(30);
        RealParts.kafka().start();
        await().atMost(RECOVERY).until(() -> ready() == 200);
        await().atMost(RECOVERY).until(() -> LedgerRows.unsent() == 0);
        for (AccessRequested request : accepted) {
            assertThat(Wire.ended(request).stream().map(record -> new String(record.headers().lastHeader("ce_id").value())).distinct()).hasSize(1);
        }
        // The consumer came back, too.
        AccessRequested after = Examples.request();
        try (Wire wire = new Wire()) {
            wire.send(after);
        }
        await().atMost(RECOVERY).untilAsserted(() -> assertThat(LedgerRows.noted(after)).isEqualTo(1));
    }

    @Test
    void postgresRestartedLosesNothingAndNeedsNoRestart() throws Throwable {
        Wire.createTopics();
        List<AccessRequested> sent = new ArrayList<>();
        try (Wire wire = new Wire()) {
            for (int i = 0; i < 20; i++) {
                AccessRequested request = Examples.request();
                wire.send(request);
                sent.add(request);
            }
            RealParts.postgres().kill();
            for (int i = 0; i < 20; i++) {
                AccessRequested request = Examples.request();
                wire.send(request);
                sent.add(request);
            }
            RealParts.postgres().start();
        }
        for (AccessRequested request : sent) {
            await().atMost(RECOVERY).ignoreExceptions().untilAsserted(() -> assertThat(LedgerRows.noted(request)).isEqualTo(1));
            await().atMost(RECOVERY).untilAsserted(() -> assertThat(
                Wire.ended(request).stream().map(record -> new String(record.headers().lastHeader("ce_id").value())).distinct()).hasSize(1));
        }
    }

    private List<AccessRequested> decide(int count) throws Throwable {
        List<AccessRequested> decided = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AccessRequested request = Examples.request();
            VertxContextSupport.subscribeAndAwait(() -> ledger.decide(request));
            decided.add(request);
        }
        return decided;
    }

    private static int ready() {
        return RestAssured.get("/q/health/ready").statusCode();
    }
}
