package dev.postern.edge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts attempts that lacked a right, by who made them and which rule refused, until they are taken. Bounded, however many there are. */
final class RefusedAttempts {
    /** Beyond so many, attempts are counted together under {@link #OTHERS}. */
    static final int KINDS_MAX = 1_000;
    static final Kind OTHERS = new Kind("others", "others", "others");

    private Map<Kind, Integer> counted = new LinkedHashMap<>();

    /**
     * Attempts that are counted together.
     *
     * @param actor  the sub of the access token
     * @param client the client that it was issued to
     * @param rule   the rule that refused
     */
    record Kind(String actor, String client, String rule) { }

    /** Some attempts of one kind. */
    record Attempts(Kind kind, int count) { }

    /** Counts one. */
    synchronized void add(Kind kind) {
        counted.merge(counted.containsKey(kind) || counted.size() < KINDS_MAX ? kind : OTHERS, 1, Integer::sum);
    }

    /** Returns what was counted since the last time. */
    synchronized List<Attempts> take() {
        List<Attempts> taken = new ArrayList<>();
        counted.forEach((kind, count) -> taken.add(new Attempts(kind, count)));
        counted = new LinkedHashMap<>();
        return taken;
    }
}
