// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a tree: what an append and its root are computed from.
 *
 * @param size  how many leaves the tree has
 * @param peaks the hashes of its complete subtrees, largest first: one for each bit that is set in {@code size}
 */
public record Frontier(long size, List<Hash> peaks) {
    /** The frontier of the empty tree. */
    public static final Frontier EMPTY = new Frontier(0, List.of());

    /** @throws IllegalArgumentException if a tree of that size has another number of peaks */
    public Frontier {
        peaks = List.copyOf(peaks);
        if (size < 0 || Long.bitCount(size) != peaks.size()) {
            throw new IllegalArgumentException("a tree of " + size + " leaves does not have " + peaks.size() + " peaks");
        }
    }

    /**
     * The tree with one leaf more.
     *
     * @param next      its frontier
     * @param completed the hashes of the complete subtrees that end with the new leaf: level 0 (the leaf itself), 1, 2 …; never changed again
     */
    public record Grown(Frontier next, List<Hash> completed) {}

    /** Appends a leaf. */
    public Grown append(Hash leaf) {
        List<Hash> left = new ArrayList<>(peaks);
        List<Hash> completed = new ArrayList<>();
        completed.add(leaf);
        Hash hash = leaf;
        // Each trailing one of the size is a complete subtree as large as the one that the new leaf just completed.
        for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
            hash = Hash.ofNode(left.remove(left.size() - 1), hash);
            completed.add(hash);
        }
        left.add(hash);
        return new Grown(new Frontier(size + 1, left), List.copyOf(completed));
    }

    /** The root hash of the tree (RFC 9162 section 2.1.1). */
    public Hash root() {
        return peaks.isEmpty() ? Hash.ofNothing() : LeafRange.foldRight(peaks);
    }
}
