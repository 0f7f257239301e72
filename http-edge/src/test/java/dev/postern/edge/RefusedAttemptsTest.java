// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.edge.RefusedAttempts.Attempts;
import dev.postern.edge.RefusedAttempts.RefusalKey;
import dev.postern.events.Actor;
import dev.postern.events.AttemptsRefused.Attempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusedAttemptsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Actor AUDREY = new Actor("audrey", "operator-console");
    private static final RefusalKey ASKS = new RefusalKey("POST", "/access-requests", "forbidden");
    private static final RefusalKey PUTS = new RefusalKey("PUT", "/policies/{id}", "forbidden");
    private final RefusedAttempts attempts = new RefusedAttempts();

    @Test
    void attemptsOfOneCallerAreOneReportWithTheirNumbers() {
        attempts.add(AUDREY, ASKS, NOON);
        attempts.add(new Actor("olga", "operator-console"), ASKS, NOON.plusSeconds(1));
        attempts.add(AUDREY, PUTS, NOON.plusSeconds(2));
        attempts.add(AUDREY, ASKS, NOON.plusSeconds(3));
        assertThat(attempts.take()).containsExactly(
            new Attempts(Optional.of(AUDREY),
                List.of(new Attempt("POST", "/access-requests", "forbidden", 2), new Attempt("PUT", "/policies/{id}", "forbidden", 1)),
                3, NOON),
            new Attempts(Optional.of(new Actor("olga", "operator-console")), List.of(new Attempt("POST", "/access-requests", "forbidden", 1)), 1,
                NOON.plusSeconds(1)));
        assertThat(attempts.take()).isEmpty();
    }

    @Test
    void manyCallersAreBoundedAndStillCounted() {
        IntStream.range(0, 5_000).forEach(i -> attempts.add(new Actor("actor-" + i, "portal"), ASKS, NOON));
        attempts.add(new Actor("actor-0", "portal"), ASKS, NOON);
        List<Attempts> taken = attempts.take();
        assertThat(taken).hasSize(RefusedAttempts.CALLERS_MAX + 1);
        assertThat(taken.stream().mapToInt(Attempts::calls).sum()).isEqualTo(5_001);
        assertThat(taken.get(0).calls()).isEqualTo(2);
        assertThat(taken.get(RefusedAttempts.CALLERS_MAX)).isEqualTo(new Attempts(Optional.empty(), List.of(), 5_000 - RefusedAttempts.CALLERS_MAX, NOON));
    }

    @Test
    void manyKindsOfAttemptsOfOneCallerAreBoundedAndStillCounted() {
        IntStream.range(0, 500).forEach(i -> attempts.add(AUDREY, new RefusalKey("GET", "/r" + i, "forbidden"), NOON));
        assertThat(attempts.take()).singleElement().satisfies(one -> {
            assertThat(one.attempts()).hasSize(RefusedAttempts.KINDS_MAX);
            assertThat(one.calls()).isEqualTo(500);
        });
    }

    @Test
    void reportThatCouldNotBeToldIsToldWithTheNext() {
        attempts.add(AUDREY, ASKS, NOON);
        IntStream.range(0, 200).forEach(i -> attempts.add(new Actor("actor-" + i, "portal"), ASKS, NOON));
        List<Attempts> untold = attempts.take();
        attempts.add(AUDREY, ASKS, NOON.plusSeconds(60));
        untold.forEach(attempts::giveBack);
        List<Attempts> again = attempts.take();
        assertThat(again.get(0)).isEqualTo(new Attempts(Optional.of(AUDREY), List.of(new Attempt("POST", "/access-requests", "forbidden", 2)), 2, NOON));
        assertThat(again).hasSize(RefusedAttempts.CALLERS_MAX + 1);
        assertThat(again.stream().mapToInt(Attempts::calls).sum()).isEqualTo(202);
    }
}
