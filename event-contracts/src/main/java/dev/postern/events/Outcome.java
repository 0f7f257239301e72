// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.util.List;
import java.util.function.Function;

/**
 * Result of a decision: the next state and its events. A decision writes nothing; its caller saves both in one transaction, or neither.
 *
 * @param next   the state after the decision
 * @param events what happened, in order; empty if nothing did
 */
public record Outcome<S>(S next, List<Event> events) {
    /** Copies the list. */
    public Outcome {
        events = List.copyOf(events);
    }

    /** A state that {@code events} report. */
    public static <S> Outcome<S> of(S next, Event... events) {
        return new Outcome<>(next, List.of(events));
    }

    /** Nothing happened. */
    public static <S> Outcome<S> unchanged(S state) {
        return new Outcome<>(state, List.of());
    }

    /** The same events with another view of the state. */
    public <T> Outcome<T> map(Function<? super S, ? extends T> view) {
        return new Outcome<>(view.apply(next), events);
    }
}
