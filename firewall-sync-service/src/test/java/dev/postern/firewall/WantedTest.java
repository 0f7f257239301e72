package dev.postern.firewall;

import static dev.postern.firewall.Examples.open;
import static dev.postern.firewall.Examples.read;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one reading says of the one before. */
class WantedTest {
    private static final Access SEVEN = tcp(5432, "203.0.113.7");
    private static final Access EIGHT = tcp(5432, "203.0.113.8");
    private static final Access NINE = tcp(5432, "203.0.113.9");

    @Test
    void aReadingSaysWhoEndedAndWhoBeganSinceTheOneBefore() {
        Wanted before = read(Set.of(SEVEN, EIGHT));
        Wanted now = before.readAgain(Stream.of(NINE, EIGHT));
        assertThat(now.accesses()).containsExactlyInAnyOrder(EIGHT, NINE);
        assertThat(now.since(before)).contains(new FirewallLayout.Change(List.of(SEVEN), List.of(NINE)));
    }

    @Test
    void ofAnyReadingButTheOneBeforeNothingIsKnown() {
        Wanted first = read(Set.of(SEVEN));
        Wanted second = first.readAgain(Stream.of(SEVEN, EIGHT));
        Wanted third = second.readAgain(Stream.of(EIGHT));
        assertThat(third.since(first)).isEmpty();
        assertThat(first.since(second)).as("backwards").isEmpty();
        assertThat(third.since(first.readAgain(Stream.of(SEVEN, EIGHT)))).as("equal, but another reading").isEmpty();
        assertThat(third.since(Wanted.NOBODY)).isEmpty();
        assertThat(Wanted.NOBODY.since(third)).isEmpty();
    }

    @Test
    void aReadingThatSaysTheSameIsTheSame() {
        Wanted before = read(open(5432, "203.0.113.7", "203.0.113.8"));
        assertThat(before.readAgain(Stream.of(EIGHT, SEVEN, EIGHT))).isSameAs(before);
        assertThat(before.since(before)).contains(FirewallLayout.Change.NOTHING);
        assertThat(read(Set.of())).isSameAs(Wanted.NOBODY);
    }

    @Test
    void whoIsNeededByManyGrantsBeginsOnceAndEndsWithTheLast() {
        Wanted before = read(Set.of(SEVEN));
        Wanted more = before.readAgain(Stream.of(EIGHT, SEVEN, EIGHT));
        assertThat(more.since(before)).contains(new FirewallLayout.Change(List.of(), List.of(EIGHT)));
        assertThat(more.readAgain(Stream.of(EIGHT, SEVEN))).isSameAs(more);
    }

    @Test
    void aReadingNeverChanges() {
        List<Access> rows = new ArrayList<>(List.of(SEVEN));
        Wanted reading = Wanted.NOBODY.readAgain(rows.stream());
        rows.add(EIGHT);
        assertThat(reading.accesses()).containsExactly(SEVEN);
        assertThatThrownBy(() -> reading.accesses().add(EIGHT)).isInstanceOf(UnsupportedOperationException.class);
    }
}
