// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.AuditLogged;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * State of the log that an append needs: its right edge, and the time of the last append.
 *
 * @param frontier   size, and the hashes that the next root follows from
 * @param appendedAt when the last entry got its place; the epoch for an empty log
 */
public record AuditLog(Frontier frontier, Instant appendedAt) {
    /**
     * An entry with its place.
     *
     * @param index      its place, from 0
     * @param arrival    what came
     * @param leaf       its encoding
     * @param completed  the hashes of all complete subtrees that end with it, level 0 (its leaf hash) first
     * @param appendedAt when it got its place; never earlier than that of an entry before it
     */
    public record Placed(long index, Arrival arrival, byte[] leaf, List<Hash> completed, Instant appendedAt) {
        /** Its leaf hash. */
        public Hash leafHash() {
            return completed.get(0);
        }
    }

    /**
     * An event that has its place.
     *
     * @param index    its place
     * @param leafHash the hash of the content that it has there
     */
    public record Known(long index, Hash leafHash) {}

    /**
     * An event that came under the name of one that is in the log, with another content: kept out, and never in silence.
     *
     * @param arrival what came
     * @param index   the place of the one that is in the log
     */
    public record ConflictingEvent(Arrival arrival, long index) {}

    /**
     * Result of an append.
     *
     * @param next       the log after it
     * @param placed     what got its place, in order
     * @param duplicates how many had theirs before
     * @param conflicts  what must not get one
     */
    public record Appended(AuditLog next, List<Placed> placed, int duplicates, List<ConflictingEvent> conflicts) {}

    /**
     * Gives each arrival its place, in the order in which they come; an event that has one already keeps it.
     *
     * @param arrivals what came
     * @param known    those of their events that are in the log
     * @param now      the time
     * @return also one {@link AuditLogged} for each entry that got its place
     */
    public Outcome<Appended> append(List<Arrival> arrivals, Map<EventRef, Known> known, Instant now) {
        Instant time = now.isBefore(appendedAt) ? appendedAt : now;
        Map<EventRef, Known> inLog = new HashMap<>(known);
        List<Placed> placed = new ArrayList<>();
        List<ConflictingEvent> conflicts = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        int duplicates = 0;
        Frontier edge = frontier;
        for (Arrival arrival : arrivals) {
            byte[] leaf = arrival.entry().leaf();
            Hash leafHash = Hash.ofLeaf(leaf);
            Known earlier = inLog.get(arrival.ref());
            if (earlier != null) {
                if (earlier.leafHash().equals(leafHash)) {
                    duplicates++;
                } else {
                    conflicts.add(new ConflictingEvent(arrival, earlier.index()));
                }
                continue;
            }
            Frontier.Grown grown = edge.append(leafHash);
            Placed entry = new Placed(edge.size(), arrival, leaf, grown.completed(), time);
            inLog.put(arrival.ref(), new Known(entry.index(), leafHash));
            placed.add(entry);
            events.add(published(entry));
            edge = grown.next();
        }
        AuditLog next = placed.isEmpty() ? this : new AuditLog(edge, time);
        return new Outcome<>(new Appended(next, List.copyOf(placed), duplicates, List.copyOf(conflicts)), events);
    }

    private static AuditLogged published(Placed entry) {
        Arrival arrival = entry.arrival();
        return new AuditLogged(entry.index(), entry.leafHash().hex(), arrival.entry().topic(), arrival.entry().key(), arrival.ref().id(), arrival.type(),
            arrival.time(), entry.appendedAt());
    }
}
