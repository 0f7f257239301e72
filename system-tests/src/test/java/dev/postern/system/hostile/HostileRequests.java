// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The corpus of one route: at least {@value #PER_ROUTE_MIN} requests that are certainly wrong or certainly change nothing, the same for the same seed. Most
 * come from lists (what is known to break servers), each crossed with the members and parameters of the route; the rest are broken by chance.
 */
public final class HostileRequests {
    /** The least size of a route's corpus. */
    public static final int PER_ROUTE_MIN = 500;

    private HostileRequests() {}

    /** The corpus. */
    public static List<HostileRequest> of(Route route, long seed) {
        Random chance = new Random(seed ^ route.name().hashCode());
        List<HostileRequest> corpus = new ArrayList<>();
        if (route.call().body() != null) {
            corpus.addAll(HostileBodies.of(route, chance));
        } else {
            corpus.addAll(HostileBodies.whereNoneIsExpected(route, chance));
        }
        corpus.addAll(HostileTargets.paths(route, chance));
        corpus.addAll(HostileTargets.queries(route, chance));
        corpus.addAll(HostileHeaders.of(route, chance));
        corpus.addAll(HostileFrames.methods(route));
        corpus.addAll(HostileFrames.frames(route, chance));
        while (corpus.size() < PER_ROUTE_MIN) {
            corpus.add(HostileTargets.byChance(route, chance, corpus.size()));
        }
        return corpus;
    }

    /**
     * A part of a corpus in which every family has its share: small families are there whole, large ones are thinned.
     *
     * @param size how many; all if there are fewer
     */
    public static List<HostileRequest> part(List<HostileRequest> corpus, int size, long seed) {
        Map<String, Deque<HostileRequest>> families = new TreeMap<>();
        List<HostileRequest> shuffled = new ArrayList<>(corpus);
        Collections.shuffle(shuffled, new Random(seed));
        shuffled.forEach(request -> families.computeIfAbsent(request.family(), family -> new ArrayDeque<>()).add(request));
        List<HostileRequest> part = new ArrayList<>();
        while (part.size() < Math.min(size, corpus.size())) {
            for (Deque<HostileRequest> family : families.values()) {
                if (!family.isEmpty() && part.size() < size) {
                    part.add(family.pop());
                }
            }
        }
        return part;
    }
}
