// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The calls to make, in order: removals, additions, deletions of objects that allow no address any more.
 *
 * @param calls    the calls; empty if the provider shows what it should, as far as it can
 * @param closes   true if a call removes an access
 * @param unplaced desired accesses without room: the objects are full, their names are taken by others, or nothing is left to attach them to
 * @param waiting  desired accesses that are held back, because the provider refused additions a moment ago
 */
public record FirewallPlan(List<Call> calls, boolean closes, Set<Access> unplaced, Set<Access> waiting) {
    /** Copies the lists. */
    public FirewallPlan {
        calls = List.copyOf(calls);
        unplaced = Set.copyOf(unplaced);
        waiting = Set.copyOf(waiting);
    }

    /** Returns whether there is no call to make. */
    public boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Returns the plan without the objects that it makes. */
    public FirewallPlan withoutCreations() {
        return new FirewallPlan(calls.stream().filter(call -> !(call instanceof Create)).toList(), closes, unplaced, waiting);
    }

    /** Returns whether an object is to be made; that needs all names that are taken. */
    public boolean creates() {
        return calls.stream().anyMatch(Create.class::isInstance);
    }

    /** One call of the provider. Each says the whole of what is wanted, so doing it twice does no harm. */
    public sealed interface Call {
        /** The name that we gave the object. */
        String name();
    }

    /**
     * Makes an object.
     *
     * @param content all of it
     */
    public record Create(FirewallContent content) implements Call {
        @Override
        public String name() {
            return content.name();
        }
    }

    /**
     * Puts an object as a whole: nothing of what it was before is kept or merged.
     *
     * @param id      the provider's id of it
     * @param content all of it
     * @param removal content for the retry after a refusal, if an access must be removed: the removals alone
     */
    public record Replace(String id, FirewallContent content, Optional<FirewallContent> removal) implements Call {
        @Override
        public String name() {
            return content.name();
        }
    }

    /**
     * Detaches an object that is no longer needed.
     *
     * @param id      the provider's id of it
     * @param name    the name that we gave it
     * @param content attached to nothing; an empty list
     * @param emptied content for the retry after a refusal: attached as shown, with a rule that lets nobody in; empty for a list
     */
    public record Detach(String id, String name, FirewallContent content, Optional<FirewallContent> emptied) implements Call {}

    /**
     * Deletes an object that allows no access.
     *
     * @param id   the provider's id of it
     * @param name the name that we gave it
     */
    public record Delete(String id, String name) implements Call {}
}
