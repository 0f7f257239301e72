// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.firewall.reconcile.OutcomeLog.Line.IN_SYNC;
import static dev.postern.firewall.reconcile.OutcomeLog.Line.NONE;
import static dev.postern.firewall.reconcile.OutcomeLog.Line.OUT_OF_SYNC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.firewall.budget.CloudFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutcomeLogTest {
    private static final RunOutcome SETTLED = new RunOutcome.Settled();
    private static final RunOutcome QUEUED = new RunOutcome.Queued(Duration.ofSeconds(1), "another operation is pending");

    private final OutcomeLog log = new OutcomeLog();

    private static RunOutcome failed(Kind kind, String detail) {
        return new RunOutcome.Failed(Optional.of(kind), detail, Optional.empty());
    }

    private List<OutcomeLog.Line> lines(RunOutcome... outcomes) {
        return Stream.of(outcomes).map(log::after).toList();
    }

    /** A service asks, waits for its turn and asks again, while the operation of another client is pending. */
    @Test
    void pendingOperationOfAnotherClientIsLoggedWhenItBeginsAndWhenItEnds() {
        assertThat(
            lines(SETTLED, failed(Kind.BUSY, "seen first at 10:00"), QUEUED, failed(Kind.BUSY, "still pending"), QUEUED, failed(Kind.BUSY, "still pending"),
                new RunOutcome.Pending(), SETTLED, SETTLED))
            .containsExactly(NONE, OUT_OF_SYNC, NONE, NONE, NONE, NONE, NONE, IN_SYNC, NONE);
    }

    @Test
    void anotherTroubleIsLoggedThoughTheFirstHasNotEnded() {
        assertThat(lines(failed(Kind.UNAVAILABLE, "500"), failed(Kind.UNAVAILABLE, "502"), failed(Kind.CREDENTIAL, "401"), new RunOutcome.Held(30)))
            .containsExactly(OUT_OF_SYNC, NONE, OUT_OF_SYNC, OUT_OF_SYNC);
    }

    @Test
    void troubleThatReturnsIsLoggedAgain() {
        assertThat(lines(failed(Kind.UNAVAILABLE, "500"), new RunOutcome.Partial("a tag is gone"), failed(Kind.UNAVAILABLE, "500")))
            .containsExactly(OUT_OF_SYNC, IN_SYNC, OUT_OF_SYNC);
    }
}
