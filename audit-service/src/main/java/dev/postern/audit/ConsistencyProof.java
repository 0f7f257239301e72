// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Proves that a tree begins with all leaves of an earlier one: nothing was changed or taken away (RFC 9162 section 2.1.4).
 *
 * @param from size of the earlier tree
 * @param to   size of the later tree
 * @param path the hashes from which both roots follow; empty if the sizes are equal or the earlier tree is empty
 */
public record ConsistencyProof(long from, long to, List<Hash> path) {
    /** Copies the list. */
    public ConsistencyProof {
        path = List.copyOf(path);
    }

    /** The subtrees whose hashes are the path: what has to be read to make the proof. */
    public static List<LeafRange> ranges(long from, long to) {
        if (from < 0 || from > to) {
            throw new IllegalArgumentException("no tree of " + from + " leaves comes before one of " + to);
        }
        List<LeafRange> fromRoot = new ArrayList<>();
        if (from == 0 || from == to) {
            return fromRoot;
        }
        long first = 0;
        long end = to;
        // Down to the subtree that ends exactly where the earlier tree does.
        while (end != from) {
            long middle = first + LeafRange.split(end - first);
            if (from <= middle) {
                fromRoot.add(new LeafRange(middle, end));
                end = middle;
            } else {
                fromRoot.add(new LeafRange(first, middle));
                first = middle;
            }
        }
        List<LeafRange> ranges = new ArrayList<>();
        // Where that subtree is the earlier tree itself, its hash is the root that the verifier already has.
        if (first != 0) {
            ranges.add(new LeafRange(first, end));
        }
        for (int i = fromRoot.size() - 1; i >= 0; i--) {
            ranges.add(fromRoot.get(i));
        }
        return ranges;
    }

    /** Makes the proof from the hashes of complete subtrees: those that {@link LeafRange#nodes()} of {@link #ranges} name. */
    public static ConsistencyProof make(long from, long to, Function<Node, Hash> complete) {
        return new ConsistencyProof(from, to, ranges(from, to).stream().map(range -> range.hash(complete)).toList());
    }

    /** Returns true if the tree with root {@code later} begins with the tree with root {@code earlier} (RFC 9162 section 2.1.4.2). */
    public boolean proves(Hash earlier, Hash later) {
        if (from < 0 || from > to) {
            return false;
        }
        if (from == to) {
            return path.isEmpty() && earlier.equals(later);
        }
        if (from == 0) {
            return path.isEmpty() && earlier.equals(Hash.ofNothing());
        }
        long node = from - 1;
        long last = to - 1;
        while ((node & 1) == 1) {
            node >>>= 1;
            last >>>= 1;
        }
        // A complete earlier tree is a node of the later one: its root is where the way begins.
        int next = Long.bitCount(from) == 1 ? 0 : 1;
        if (next > path.size()) {
            return false;
        }
        Hash small = next == 0 ? earlier : path.get(0);
        Hash large = small;
        for (Hash sibling : path.subList(next, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                small = Hash.ofNode(sibling, small);
                large = Hash.ofNode(sibling, large);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                large = Hash.ofNode(large, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && small.equals(earlier) && large.equals(later);
    }
}
