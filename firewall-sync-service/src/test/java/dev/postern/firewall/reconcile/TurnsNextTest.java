package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may be looked at ahead of an activation. */
class TurnsNextTest {
    private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");
    private static final Map<AccountName, List<String>> OBJECTS = Map.of(new AccountName("acme"), List.of("one"));
    private final Turns turns = new Turns();

    @Test
    void nothingIsLookedAtAheadBeforeAnythingIsKnown() {
        assertThat(turns.next()).isEmpty();
    }

    @Test
    void aLookAheadIsForTheActivationThatComesNext() {
        settle(Duration.ZERO);
        Turns.Next ahead = turns.next().orElseThrow();
        assertThat(ahead.expected()).isEqualTo(OBJECTS);
        turns.poke(true, true, NOW);
        assertThat(turns.begin(NOW).number()).isEqualTo(ahead.number());
    }

    @Test
    void aLookAheadServesNoLaterActivation() {
        settle(Duration.ZERO);
        Turns.Next ahead = turns.next().orElseThrow();
        settle(Duration.ZERO);
        turns.poke(true, true, NOW);
        assertThat(turns.begin(NOW).number()).isNotEqualTo(ahead.number());
    }

    @Test
    void nothingIsLookedAtAheadWhileAnActivationRunsNorWhereChangesGather() {
        turns.poke(true, true, NOW);
        turns.begin(NOW);
        assertThat(turns.next()).isEmpty();
        turns.ended(new RunOutcome.Settled(), false, Optional.empty(), OBJECTS, Duration.ofSeconds(2), NOW, 0);
        assertThat(turns.next()).isEmpty();
    }

    private void settle(Duration spacing) {
        turns.poke(true, true, NOW);
        turns.begin(NOW);
        turns.ended(new RunOutcome.Settled(), false, Optional.empty(), OBJECTS, spacing, NOW, 0);
    }
}
