// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.events.Actor;
import dev.postern.events.AttemptsRefused.Attempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts calls that lacked a right, by caller and by what was tried, until they are taken. Bounded, however many there are. Safe for any thread. */
final class RefusedAttempts {
    /** The callers that are counted by themselves; further ones are counted together. */
    static final int CALLERS_MAX = 100;
    /** The kinds of attempts of one caller that are listed; further ones are in the caller's sum alone. */
    static final int KINDS_MAX = 20;

    private final Map<Optional<Actor>, Count> counts = new LinkedHashMap<>();

    /**
     * Key by which refused attempts are counted.
     *
     * @param method the HTTP method
     * @param route  the path with names of parameters in the place of their values
     * @param rule   the rule that refused
     */
    record RefusalKey(String method, String route, String rule) {}

    /**
     * The calls of one caller.
     *
     * @param caller   empty for all callers beyond the bound
     * @param attempts by kind, in the order in which they came
     * @param calls    all of them
     * @param since    the time of the first
     */
    record Attempts(Optional<Actor> caller, List<Attempt> attempts, int calls, Instant since) {
        Attempts {
            attempts = List.copyOf(attempts);
        }
    }

    private static final class Count {
        private final Map<RefusalKey, Integer> kinds = new LinkedHashMap<>();
        private int calls;
        private Instant since;

        private Count(Instant since) {
            this.since = since;
        }

        private void add(RefusalKey kind, int more, boolean listed) {
            if (listed && (kinds.containsKey(kind) || kinds.size() < KINDS_MAX)) {
                kinds.merge(kind, more, RefusedAttempts::sum);
            }
        }

        private List<Attempt> attempts() {
            List<Attempt> attempts = new ArrayList<>();
            kinds.forEach((kind, count) -> attempts.add(new Attempt(kind.method(), kind.route(), kind.rule(), count)));
            return attempts;
        }
    }

    /** Counts one call. */
    synchronized void add(Actor caller, RefusalKey kind, Instant now) {
        Count count = count(Optional.of(caller), now);
        count.calls = sum(count.calls, 1);
        count.add(kind, 1, count != counts.get(Optional.<Actor>empty()));
    }

    /** Returns what was counted since the last time. */
    synchronized List<Attempts> take() {
        List<Attempts> taken = new ArrayList<>();
        counts.forEach((caller, count) -> taken.add(new Attempts(caller, count.attempts(), count.calls, count.since)));
        counts.clear();
        return taken;
    }

    /** Counts again what was taken and could not be published: it is published with the next ones. */
    synchronized void giveBack(Attempts untold) {
        Count count = count(untold.caller(), untold.since());
        count.calls = sum(count.calls, untold.calls());
        count.since = untold.since().isBefore(count.since) ? untold.since() : count.since;
        boolean listed = count != counts.get(Optional.<Actor>empty());
        untold.attempts().forEach(attempt -> count.add(new RefusalKey(attempt.method(), attempt.route(), attempt.rule()), attempt.calls(), listed));
    }

    private Count count(Optional<Actor> caller, Instant now) {
        boolean own = counts.containsKey(caller) || counts.size() - (counts.containsKey(Optional.<Actor>empty()) ? 1 : 0) < CALLERS_MAX;
        return counts.computeIfAbsent(own ? caller : Optional.empty(), first -> new Count(now));
    }

    private static int sum(int one, int other) {
        return (int) Math.min(Integer.MAX_VALUE, (long) one + other);
    }
}
