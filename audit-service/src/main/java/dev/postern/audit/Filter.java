// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.SourceAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Selects entries: those that have all the facts, an address in common with the block, and happened in the window.
 *
 * @param facts   all of them must hold; empty for any entry
 * @param address an entry that names an address or block that overlaps this one fits; empty for any entry
 * @param from    the earliest time of the event, inclusive
 * @param to      the time before which the event happened
 */
public record Filter(SortedSet<Fact> facts, Optional<SourceAddress> address, Optional<Instant> from, Optional<Instant> to) {
    /** Returns whether it selects by anything but time. */
    public boolean names() {
        return !facts.isEmpty() || address.isPresent();
    }

    /** Returns whether it selects by time. */
    public boolean inTime() {
        return from.isPresent() || to.isPresent();
    }
}
