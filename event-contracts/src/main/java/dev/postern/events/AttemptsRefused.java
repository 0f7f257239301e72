// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Calls of one caller to the API of a service were refused within a minute because the caller lacks the right. Counted, so that whoever tries a thousand times
 * makes one entry of the audit log. The CloudEvents {@code source} says which service it was.
 *
 * @param reportId names this report: a UUID
 * @param actor    the caller; empty for all callers together that were beyond the bound of a minute
 * @param attempts what was tried; beyond 20 kinds of attempts of a caller the rest is in {@code calls} alone
 * @param calls    the number of refused calls, those that {@code attempts} does not list among them
 * @param since    the time of the first
 */
public record AttemptsRefused(String reportId, Optional<Actor> actor, List<Attempt> attempts, int calls, Instant since) implements Event {
    /** The key of reports about all callers that were beyond the bound. */
    public static final String OTHERS = "others";

    /**
     * Calls that were refused alike.
     *
     * @param method the HTTP method
     * @param route  the path with names of parameters in the place of their values, as {@code /policies/{id}}
     * @param rule   the rule that refused
     * @param calls  the number of calls
     */
    public record Attempt(String method, String route, String rule, int calls) {}

    /** Copies the list. */
    public AttemptsRefused {
        attempts = List.copyOf(attempts);
    }

    @Override
    public Topic topic() {
        return Topic.ATTEMPTS_REFUSED;
    }

    @Override
    public String key() {
        return actor.map(Actor::subject).orElse(OTHERS);
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), reportId);
    }

    @Override
    public Instant time() {
        return since;
    }
}
