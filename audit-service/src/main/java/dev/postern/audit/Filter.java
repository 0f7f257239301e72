package dev.postern.audit;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Which entries somebody looks for: those that have all the facts and happened in the window.
 *
 * @param facts all of them must hold; empty for any entry
 * @param from  the earliest time of the event, inclusive
 * @param to    the time before which the event happened
 */
public record Filter(SortedSet<Fact> facts, Optional<Instant> from, Optional<Instant> to) { }
