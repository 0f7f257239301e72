// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.AccountName;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.ServiceName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The news of one service, in events of at most 500 changes each.
 *
 * @param changes openings with their new state
 * @param drift   what others had done, and was set back; it travels with the first event
 */
public record FirewallNews(List<OpeningChange> changes, List<String> drift) {
    /** The most changes, and the most lines of drift, in one event. */
    public static final int CHANGES_PER_EVENT_MAX = 500;

    /** Copies the lists. */
    public FirewallNews {
        changes = List.copyOf(changes);
        drift = List.copyOf(drift);
    }

    /** Returns the number of events, which is the number of sequence numbers that they take; 0 if there is no news. */
    public int count() {
        int byChanges = (changes.size() + CHANGES_PER_EVENT_MAX - 1) / CHANGES_PER_EVENT_MAX;
        return byChanges == 0 && !drift.isEmpty() ? 1 : byChanges;
    }

    /** The events, the last of which has the number {@code sequenceLast}. */
    public List<Event> events(ServiceName service, AccountName account, long sequenceLast, Instant now) {
        List<Event> events = new ArrayList<>();
        int count = count();
        for (int at = 0; at < count; at++) {
            int from = at * CHANGES_PER_EVENT_MAX;
            List<OpeningChange> part = changes.subList(from, Math.min(changes.size(), from + CHANGES_PER_EVENT_MAX));
            List<String> lines = at == 0 ? drift.subList(0, Math.min(drift.size(), CHANGES_PER_EVENT_MAX)) : List.of();
            events.add(new FirewallChanged(service, account, sequenceLast - count + 1 + at, part, lines, now));
        }
        return events;
    }
}
