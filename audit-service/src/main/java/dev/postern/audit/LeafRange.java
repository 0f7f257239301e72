// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The leaves that one subtree of an RFC 9162 tree covers: {@code from} inclusive, {@code to} exclusive. Only the right edge of a tree is
 * incomplete, so that such a range is made of at most 63 complete subtrees, largest first.
 *
 * @param from first leaf
 * @param to   after the last leaf; greater than {@code from}
 */
public record LeafRange(long from, long to) {
    /** @throws IllegalArgumentException if no subtree of any tree covers just these leaves */
    public LeafRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no leaves from " + from + " to " + to);
        }
        if (from != 0 && to - from > Long.lowestOneBit(from)) {
            throw new IllegalArgumentException("no subtree covers the leaves from " + from + " to " + to);
        }
    }

    /** The complete subtrees that it is made of, largest first. */
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        long first = from;
        while (first < to) {
            int level = 63 - Long.numberOfLeadingZeros(to - first);
            nodes.add(new Node(level, first >>> level));
            first += 1L << level;
        }
        return nodes;
    }

    /** The Merkle tree hash over its leaves, from the hashes of its complete subtrees. */
    public Hash hash(Function<Node, Hash> complete) {
        return foldRight(nodes().stream().map(complete).toList());
    }

    /** The hash of a tree whose complete subtrees, largest first, have these hashes; at least one. */
    static Hash foldRight(List<Hash> largestFirst) {
        Hash hash = largestFirst.get(largestFirst.size() - 1);
        for (int i = largestFirst.size() - 2; i >= 0; i--) {
            hash = Hash.ofNode(largestFirst.get(i), hash);
        }
        return hash;
    }

    /** The largest power of two smaller than {@code leaves}, which is at least 2: where RFC 9162 splits a tree. */
    static long split(long leaves) {
        return Long.highestOneBit(leaves - 1);
    }
}
