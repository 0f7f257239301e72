// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.CloudFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When runs follow on each other. */
class TurnsNextTest {
    private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");
    private static final Map<AccountName, List<String>> OBJECTS = Map.of(new AccountName("acme"), List.of("one"));
    private final RunSchedule turns = new RunSchedule();

    @Test
    void heldAccessDelaysNoOther() {
        turns.poke(true, true, NOW);
        turns.begin(NOW);
        assertThat(ended(new RunOutcome.Held(30))).as("looked at again").hasValue(Duration.ofSeconds(5));
        assertThat(turns.poke(true, false, NOW)).as("time goes by").isEmpty();
        assertThat(turns.poke(true, true, NOW)).as("a grant").hasValue(Duration.ZERO);
        turns.begin(NOW);
        turns.poke(true, true, NOW);
        assertThat(ended(new RunOutcome.Held(30))).as("a grant came meanwhile").hasValue(Duration.ZERO);
    }

    @Test
    void failedServiceWaitsDespiteNewTriggers() {
        turns.poke(true, true, NOW);
        turns.begin(NOW);
        turns.poke(true, true, NOW);
        assertThat(ended(RunOutcome.of(new IllegalStateException("broken")))).hasValue(Duration.ofMillis(250));
        assertThat(turns.poke(true, true, NOW)).isEmpty();
    }

    @Test
    void recoveryOfTheProviderEndsTheBackoffButNotOfWhatItRefuses() {
        failThreeTimes(CloudFailure.Kind.UNAVAILABLE);
        assertThat(turns.recovered(NOW)).hasValue(Duration.ZERO);
        turns.begin(NOW);
        failThreeTimes(CloudFailure.Kind.REFUSED);
        assertThat(turns.recovered(NOW)).isEmpty();
    }

    @Test
    void closingProbesEveryFewSecondsHoweverOftenItFailed() {
        turns.poke(true, true, NOW);
        RunOutcome down = new RunOutcome.Failed(Optional.of(CloudFailure.Kind.UNAVAILABLE), "500", Optional.empty());
        for (int attempt = 0; attempt < 20; attempt++) {
            turns.begin(NOW);
            assertThat(turns.ended(down, false, Optional.empty(), OBJECTS, Pace.NONE, true, NOW, 1).orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void closingIsNotHeldUpByTheBackoffOfARefusedOpening() {
        failThreeTimes(CloudFailure.Kind.REFUSED);
        assertThat(turns.poke(true, true, NOW).orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void callHeldByOurOwnBudgetDelaysNoClosing() {
        turns.poke(true, false, NOW);
        turns.begin(NOW);
        turns.ended(new RunOutcome.Failed(Optional.of(CloudFailure.Kind.SHARE), "used up", Optional.of(Duration.ofSeconds(10))), false,
            Optional.empty(), OBJECTS, Pace.NONE, false, NOW, 0);
        assertThat(turns.poke(true, true, NOW).orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void turnInTheQueueStartsWhatWaitsForIt() {
        turns.poke(true, true, NOW);
        turns.begin(NOW);
        assertThat(ended(new RunOutcome.Queued(Duration.ofSeconds(5), "another is under way"))).hasValue(Duration.ofSeconds(5));
        assertThat(turns.turnCame(NOW)).hasValue(Duration.ZERO);
        assertThat(turns.turnCame(NOW)).as("once").isEmpty();
    }

    private void failThreeTimes(CloudFailure.Kind kind) {
        turns.poke(true, true, NOW);
        for (int attempt = 0; attempt < 3; attempt++) {
            turns.begin(NOW);
            ended(new RunOutcome.Failed(Optional.of(kind), "failed", Optional.empty()));
        }
    }

    private Optional<Duration> ended(RunOutcome outcome) {
        return turns.ended(outcome, false, Optional.empty(), OBJECTS, Pace.NONE, false, NOW, 0);
    }
}
