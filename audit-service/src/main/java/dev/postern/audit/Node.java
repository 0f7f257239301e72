// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

/**
 * The place of a complete subtree: 2^level leaves, from leaf {@code index * 2^level} on. Its hash never changes once its last leaf is appended.
 *
 * @param level 0 for a leaf
 * @param index which of its level, from 0
 */
public record Node(int level, long index) {
    private static final int LEVEL_MAX = 62;

    /** @throws IllegalArgumentException outside of a tree of at most 2^62 leaves */
    public Node {
        if (level < 0 || level > LEVEL_MAX || index < 0 || index > Long.MAX_VALUE >>> level) {
            throw new IllegalArgumentException("no node of level " + level + " has index " + index);
        }
    }

    /** Its first leaf. */
    public long firstLeaf() {
        return index << level;
    }

    /** Its last leaf: the one whose append completed it, and where the store keeps its hash. */
    public long lastLeaf() {
        return ((index + 1) << level) - 1;
    }
}
