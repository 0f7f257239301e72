// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads from what was published how long openings took to change. */
final class Waits {
    private Waits() {}

    /** Returns, in milliseconds and in order, how long after {@code from} each opening was told to be in that state. */
    static List<Long> of(SimulatedTables tables, OpeningState state, Map<AccessRequestId, Instant> from) {
        List<Long> waits = new ArrayList<>();
        tables.published.forEach(event -> event.changes().stream().filter(change -> change.state() == state && from.containsKey(change.requestId()))
            .forEach(change -> waits.add(Duration.between(from.get(change.requestId()), change.since()).toMillis())));
        waits.sort(Long::compare);
        return waits;
    }
}
