// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Trees of every shape, against RFC 9162's own recursive definition. */
class MerkleProperties {
    private static final int SIZE_MAX = 200;
    private static final List<Hash> LEAVES = new ArrayList<>();
    private static final Map<Node, Hash> NODES = new HashMap<>();
    private static final List<Hash> ROOTS = new ArrayList<>();

    static {
        Frontier frontier = Frontier.EMPTY;
        ROOTS.add(frontier.root());
        for (int i = 0; i < SIZE_MAX; i++) {
            Hash leaf = Hash.ofLeaf(ByteBuffer.allocate(4).putInt(i).array());
            LEAVES.add(leaf);
            Frontier.Grown grown = frontier.append(leaf);
            for (int level = 0; level < grown.completed().size(); level++) {
                NODES.put(new Node(level, i >> level), grown.completed().get(level));
            }
            frontier = grown.next();
            ROOTS.add(frontier.root());
        }
    }

    /** RFC 9162 section 2.1.1, word for word. */
    private static Hash treeHash(List<Hash> leaves) {
        if (leaves.isEmpty()) {
            return Hash.ofNothing();
        }
        if (leaves.size() == 1) {
            return leaves.get(0);
        }
        int k = Integer.highestOneBit(leaves.size() - 1);
        return Hash.ofNode(treeHash(leaves.subList(0, k)), treeHash(leaves.subList(k, leaves.size())));
    }

    @Property
    void rootFromTheFrontierIsTheRootOfTheDefinition(@ForAll @IntRange(max = SIZE_MAX) int size) {
        assertThat(ROOTS.get(size)).isEqualTo(treeHash(LEAVES.subList(0, size)));
    }

    @Property
    void everyLeafIsProvedToBeInEveryLargerTree(@ForAll @IntRange(min = 1, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int any) {
        int index = any % size;
        InclusionProof proof = InclusionProof.make(index, size, NODES::get);
        assertThat(proof.proves(LEAVES.get(index), ROOTS.get(size))).isTrue();
        assertThat(proof.path()).hasSizeLessThanOrEqualTo(8);
    }

    @Property
    void everyTreeIsProvedToBeginEveryLargerOne(@ForAll @IntRange(max = SIZE_MAX) int one, @ForAll @IntRange(max = SIZE_MAX) int other) {
        int from = Math.min(one, other);
        int to = Math.max(one, other);
        assertThat(ConsistencyProof.make(from, to, NODES::get).proves(ROOTS.get(from), ROOTS.get(to))).isTrue();
    }

    @Property
    void anotherLeafIsNotProved(@ForAll @IntRange(min = 2, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int one,
                                @ForAll @IntRange(max = SIZE_MAX - 1) int other) {
        int index = one % size;
        int wrong = other % size == index ? (index + 1) % size : other % size;
        InclusionProof proof = InclusionProof.make(index, size, NODES::get);
        assertThat(proof.proves(LEAVES.get(wrong), ROOTS.get(size))).isFalse();
        assertThat(new InclusionProof(wrong, size, proof.path()).proves(LEAVES.get(index), ROOTS.get(size))).isFalse();
    }

    @Property
    void changedByteOfAProofIsFound(@ForAll @IntRange(min = 2, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int any,
                                    @ForAll @IntRange(max = 10_000) int place, @ForAll @IntRange(min = 1, max = 255) int difference) {
        int index = any % size;
        InclusionProof inclusion = InclusionProof.make(index, size, NODES::get);
        assertThat(new InclusionProof(index, size, changed(inclusion.path(), place, difference)).proves(LEAVES.get(index), ROOTS.get(size))).isFalse();
        int from = 1 + any % (size - 1);
        ConsistencyProof consistency = ConsistencyProof.make(from, size, NODES::get);
        assertThat(new ConsistencyProof(from, size, changed(consistency.path(), place, difference)).proves(ROOTS.get(from), ROOTS.get(size))).isFalse();
    }

    @Property
    void longerAndShorterProofsAreRefused(@ForAll @IntRange(min = 2, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int any) {
        int index = any % size;
        List<Hash> path = InclusionProof.make(index, size, NODES::get).path();
        List<Hash> longer = new ArrayList<>(path);
        longer.add(LEAVES.get(0));
        assertThat(new InclusionProof(index, size, longer).proves(LEAVES.get(index), ROOTS.get(size))).isFalse();
        assertThat(new InclusionProof(index, size, path.subList(1, path.size())).proves(LEAVES.get(index), ROOTS.get(size))).isFalse();
        int from = 1 + any % (size - 1);
        List<Hash> consistent = ConsistencyProof.make(from, size, NODES::get).path();
        List<Hash> more = new ArrayList<>(consistent);
        more.add(LEAVES.get(0));
        assertThat(new ConsistencyProof(from, size, more).proves(ROOTS.get(from), ROOTS.get(size))).isFalse();
        assertThat(new ConsistencyProof(from, size, consistent.subList(1, consistent.size())).proves(ROOTS.get(from), ROOTS.get(size))).isFalse();
    }

    @Property
    void logThatWasRewrittenIsNotConsistent(@ForAll @IntRange(min = 2, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int any) {
        int from = 1 + any % (size - 1);
        List<Hash> rewritten = new ArrayList<>(LEAVES.subList(0, size));
        rewritten.set(any % from, Hash.ofLeaf(new byte[] {1}));
        Map<Node, Hash> nodes = new HashMap<>();
        Frontier frontier = Frontier.EMPTY;
        for (Hash leaf : rewritten) {
            Frontier.Grown grown = frontier.append(leaf);
            for (int level = 0; level < grown.completed().size(); level++) {
                nodes.put(new Node(level, frontier.size() >> level), grown.completed().get(level));
            }
            frontier = grown.next();
        }
        assertThat(ConsistencyProof.make(from, size, nodes::get).proves(ROOTS.get(from), frontier.root())).isFalse();
    }

    @Property
    void proofReadsAFewCompleteSubtreesOnly(@ForAll @IntRange(min = 1, max = SIZE_MAX) int size, @ForAll @IntRange(max = SIZE_MAX - 1) int any) {
        long read = InclusionProof.ranges(any % size, size).stream().mapToLong(range -> range.nodes().size()).sum();
        assertThat(read).isLessThanOrEqualTo(2L * (64 - Long.numberOfLeadingZeros(size)));
    }

    private static List<Hash> changed(List<Hash> path, int place, int difference) {
        byte[] bytes = Hash.join(path);
        bytes[place % bytes.length] ^= (byte) difference;
        return Hash.split(bytes);
    }
}
