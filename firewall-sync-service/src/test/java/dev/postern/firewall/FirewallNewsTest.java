// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.ACME;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.granted;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.Topic;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The published events of a service. */
class FirewallNewsTest {
    @Test
    void nothingToTellIsNoEvent() {
        assertThat(new FirewallNews(List.of(), List.of()).count()).isZero();
    }

    @Test
    void driftAloneIsAnEvent() {
        assertThat(events(0, "x: was deleted")).singleElement().satisfies(event -> {
            assertThat(event.changes()).isEmpty();
            assertThat(event.drift()).containsExactly("x: was deleted");
            assertThat(event.sequence()).isEqualTo(7);
        });
    }

    @Test
    void manyChangesAreSpreadOverEventsWithNumbersInOrderAndDriftOnce() {
        List<FirewallChanged> events = events(1_001, "x: was deleted");
        assertThat(events).extracting(FirewallChanged::sequence).containsExactly(5L, 6L, 7L);
        assertThat(events).extracting(event -> event.changes().size()).containsExactly(500, 500, 1);
        assertThat(events).extracting(event -> event.drift().size()).containsExactly(1, 0, 0);
    }

    @Test
    void theLargestEventIsReadable() throws EventJson.Unreadable {
        Event event = events(500, "x".repeat(2_000)).get(0);
        assertThat(EventJson.read(Topic.FIREWALL_CHANGED, EventJson.write(event))).isEqualTo(event);
    }

    private static List<FirewallChanged> events(int changes, String drift) {
        List<OpeningChange> told = IntStream.range(0, changes)
            .mapToObj(n -> ((Opening) new Opening.Open(granted(tcp(5432, "203.0." + n / 256 + "." + n % 256)), NOW)).told()).toList();
        return new FirewallNews(told, List.of(drift)).events(SHOP, ACME, 7, NOW).stream().map(FirewallChanged.class::cast).toList();
    }
}
