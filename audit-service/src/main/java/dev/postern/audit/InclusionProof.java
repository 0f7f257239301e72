// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Proves that a leaf is in a tree (RFC 9162 section 2.1.3).
 *
 * @param index the leaf
 * @param size  how many leaves the tree has
 * @param path  the hashes of the siblings on the way from the leaf to the root
 */
public record InclusionProof(long index, long size, List<Hash> path) {
    /** Copies the list. */
    public InclusionProof {
        path = List.copyOf(path);
    }

    /** The subtrees whose hashes are the path: what has to be read to make the proof. At most 63, of which just one is incomplete. */
    public static List<LeafRange> ranges(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("a tree of " + size + " leaves has no leaf " + index);
        }
        List<LeafRange> fromRoot = new ArrayList<>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long middle = from + LeafRange.split(to - from);
            if (index < middle) {
                fromRoot.add(new LeafRange(middle, to));
                to = middle;
            } else {
                fromRoot.add(new LeafRange(from, middle));
                from = middle;
            }
        }
        List<LeafRange> fromLeaf = new ArrayList<>(fromRoot.size());
        for (int i = fromRoot.size() - 1; i >= 0; i--) {
            fromLeaf.add(fromRoot.get(i));
        }
        return fromLeaf;
    }

    /** Makes the proof from the hashes of complete subtrees: those that {@link LeafRange#nodes()} of {@link #ranges} name. */
    public static InclusionProof make(long index, long size, Function<Node, Hash> complete) {
        return new InclusionProof(index, size, ranges(index, size).stream().map(range -> range.hash(complete)).toList());
    }

    /** Returns true if the tree with this root has this leaf at the index (RFC 9162 section 2.1.3.2). */
    public boolean proves(Hash leaf, Hash root) {
        if (index < 0 || index >= size) {
            return false;
        }
        long node = index;
        long last = size - 1;
        Hash hash = leaf;
        for (Hash sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = Hash.ofNode(sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = Hash.ofNode(hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && hash.equals(root);
    }
}
