package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.edge.RefusedAttempts.Attempts;
import dev.postern.edge.RefusedAttempts.Kind;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusedAttemptsTest {
    private static final Kind AUDREY = new Kind("audrey", "operator-console", "forbidden");
    private final RefusedAttempts attempts = new RefusedAttempts();

    @Test
    void attemptsOfOneActorAreOneLineWithTheirNumber() {
        attempts.add(AUDREY);
        attempts.add(new Kind("olga", "operator-console", "forbidden"));
        attempts.add(AUDREY);
        assertThat(attempts.take()).containsExactly(new Attempts(AUDREY, 2), new Attempts(new Kind("olga", "operator-console", "forbidden"), 1));
        assertThat(attempts.take()).isEmpty();
    }

    @Test
    void manyActorsAreBoundedAndStillCounted() {
        IntStream.range(0, 5_000).forEach(i -> attempts.add(new Kind("actor-" + i, "portal", "forbidden")));
        attempts.add(new Kind("actor-0", "portal", "forbidden"));
        var taken = attempts.take();
        assertThat(taken).hasSize(RefusedAttempts.KINDS_MAX + 1);
        assertThat(taken.stream().mapToInt(Attempts::count).sum()).isEqualTo(5_001);
        assertThat(taken.get(0).count()).isEqualTo(2);
        assertThat(taken.get(RefusedAttempts.KINDS_MAX)).isEqualTo(new Attempts(RefusedAttempts.OTHERS, 4_000));
    }
}
