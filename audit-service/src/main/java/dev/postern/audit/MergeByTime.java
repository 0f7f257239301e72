// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/** The order of a batch that comes from several partitions: each partition's own order is kept, and beyond that, earlier goes first. */
public final class MergeByTime {
    private MergeByTime() {}

    private record Waiting<T>(Deque<T> rest, int partition) {}

    /**
     * Merges.
     *
     * @param partitions each in its own order, which is kept even where its times go backwards
     * @param time       when something happened
     */
    public static <T> List<T> merge(List<List<T>> partitions, Function<T, Instant> time) {
        PriorityQueue<Waiting<T>> heads = new PriorityQueue<>(
            Comparator.comparing((Waiting<T> waiting) -> time.apply(waiting.rest().peekFirst())).thenComparingInt(Waiting::partition));
        for (List<T> partition : partitions) {
            if (!partition.isEmpty()) {
                heads.add(new Waiting<>(new ArrayDeque<>(partition), heads.size()));
            }
        }
        List<T> merged = new ArrayList<>();
        while (!heads.isEmpty()) {
            Waiting<T> earliest = heads.poll();
            merged.add(earliest.rest().removeFirst());
            if (!earliest.rest().isEmpty()) {
                heads.add(earliest);
            }
        }
        return merged;
    }
}
