// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import java.util.Set;

/**
 * Copies of policy sets outside of the heap, for a limited number of versions: a new version takes the place of the oldest. Cedar alone would free a copy when
 * the collector finds its Java object, which it may not do for weeks, and refuses a new set beside 1,024 copies.
 */
public final class CedarMemory {
    /** Maximum number of versions. Decisions by older ones may still run when a version is compiled. */
    public static final int VERSIONS_MAX = 4;

    private final Place[] places = new Place[VERSIONS_MAX];
    private int next;

    /** Returns the place of the version that was compiled first. */
    synchronized Place next() {
        next = (next + 1) % VERSIONS_MAX;
        if (places[next] == null) {
            places[next] = new Place();
        }
        return places[next];
    }

    /** Copy of one version. */
    static final class Place {
        private final PolicySet policies = new PolicySet();
        private final PolicySet wildcardForbids = new PolicySet();
        private volatile int taken;

        /** Replaces the copy by another, and returns the number by which {@link #holds} knows it. */
        synchronized int take(Set<Policy> all, Set<Policy> widened) throws CacheException {
            int number = taken + 1;
            // Before the copy changes: an answer of the new copy never counts as one of the old.
            taken = number;
            policies.policies = Set.copyOf(all);
            policies.cache(); // of the same object: replaces the copy
            if (!widened.isEmpty()) {
                wildcardForbids.policies = Set.copyOf(widened);
                wildcardForbids.cache();
            }
            return number;
        }

        /** Returns false once another copy has taken the place, or begun to. */
        boolean holds(int number) {
            return taken == number;
        }

        PolicySet policies() {
            return policies;
        }

        PolicySet wildcardForbids() {
            return wildcardForbids;
        }
    }
}
