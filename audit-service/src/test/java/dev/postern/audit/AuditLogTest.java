// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuditLogged;
import dev.postern.events.EventId;
import dev.postern.events.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final AuditLog EMPTY = new AuditLog(Frontier.EMPTY, Instant.EPOCH);

    @Test
    void indexesHaveNoGapsFromZero() {
        AuditLog.Appended first = EMPTY.append(List.of(arrival("a", "1"), arrival("b", "2")), Map.of(), NOW).next();
        AuditLog.Appended second = first.next().append(List.of(arrival("c", "3")), Map.of(), NOW).next();
        assertThat(first.placed()).extracting(AuditLog.Placed::index).containsExactly(0L, 1L);
        assertThat(second.placed()).extracting(AuditLog.Placed::index).containsExactly(2L);
        assertThat(second.next().frontier().size()).isEqualTo(3);
    }

    @Test
    void eventThatIsInTheLogKeepsItsPlace() {
        Arrival arrival = arrival("a", "1");
        AuditLog.Appended again = EMPTY.append(List.of(arrival), Map.of(arrival.ref(), new AuditLog.Known(7, arrival.entry().leafHash())), NOW).next();
        assertThat(again.placed()).isEmpty();
        assertThat(again.duplicates()).isEqualTo(1);
        assertThat(again.next()).isEqualTo(EMPTY);
    }

    @Test
    void eventThatComesTwiceInABatchGetsOnePlace() {
        AuditLog.Appended appended = EMPTY.append(List.of(arrival("a", "1"), arrival("b", "2"), arrival("a", "1")), Map.of(), NOW).next();
        assertThat(appended.placed()).hasSize(2);
        assertThat(appended.duplicates()).isEqualTo(1);
    }

    @Test
    void otherContentUnderTheNameOfAnEventIsKeptOutAndToldOf() {
        AuditLog.Appended appended = EMPTY.append(List.of(arrival("a", "1"), arrival("a", "2")), Map.of(), NOW).next();
        assertThat(appended.placed()).hasSize(1);
        assertThat(appended.duplicates()).isZero();
        assertThat(appended.conflicts()).extracting(AuditLog.ConflictingEvent::index).containsExactly(0L);
    }

    @Test
    void sameIdOfAnotherSourceIsAnotherEvent() {
        Arrival one = arrival("a", "1");
        Arrival other = new Arrival(entry("2"), new EventRef("/other", one.ref().id()), one.type(), one.time(), one.facts());
        assertThat(EMPTY.append(List.of(one, other), Map.of(), NOW).next().placed()).hasSize(2);
    }

    @Test
    void oneEventIsPublishedForEachEntry() {
        Outcome<AuditLog.Appended> outcome = EMPTY.append(List.of(arrival("a", "1"), arrival("a", "1"), arrival("b", "2")), Map.of(), NOW);
        List<AuditLogged> told = new ArrayList<>();
        outcome.events().forEach(event -> told.add((AuditLogged) event));
        assertThat(told).extracting(AuditLogged::index).containsExactly(0L, 1L);
        assertThat(told).extracting(AuditLogged::leafHash).containsExactly(entry("1").leafHash().hex(), entry("2").leafHash().hex());
    }

    @Test
    void timeOfAppendingNeverGoesBack() {
        AuditLog later = EMPTY.append(List.of(arrival("a", "1")), Map.of(), NOW).next().next();
        AuditLog.Appended behind = later.append(List.of(arrival("b", "2")), Map.of(), NOW.minusSeconds(60)).next();
        assertThat(behind.placed().get(0).appendedAt()).isEqualTo(NOW);
        assertThat(behind.next().appendedAt()).isEqualTo(NOW);
    }

    private static Arrival arrival(String id, String payload) {
        return new Arrival(entry(payload), new EventRef("/source", new EventId(id)), "type", NOW, new TreeSet<>());
    }

    private static LogEntry entry(String payload) {
        return new LogEntry("topic", "key", new TreeMap<>(), payload.getBytes(StandardCharsets.UTF_8));
    }
}
