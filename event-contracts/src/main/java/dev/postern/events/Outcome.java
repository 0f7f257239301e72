package dev.postern.events;

import java.util.List;
import java.util.function.Function;

/**
 * What a decision returns: the state that follows and the events that tell of it. It writes nothing; who asked for the decision saves both in one
 * transaction, or neither.
 *
 * @param next   the state after the decision
 * @param events what happened, in order; empty if nothing did
 */
public record Outcome<S>(S next, List<Event> events) {
    /** Copies the list. */
    public Outcome {
        events = List.copyOf(events);
    }

    /** A state reached by what {@code events} tell. */
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
