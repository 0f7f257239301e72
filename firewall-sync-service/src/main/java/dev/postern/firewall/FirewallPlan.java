package dev.postern.firewall;

import java.util.List;
import java.util.Set;

/**
 * What to ask of the provider, in order: what closes comes before what only opens.
 *
 * @param calls    the calls; empty if the provider shows what it should
 * @param closes   whether a call takes somebody's access away
 * @param unplaced who is wanted and finds no room: the service's objects are full, or their names are somebody else's
 */
public record FirewallPlan(List<Call> calls, boolean closes, Set<Access> unplaced) {
    /** Copies the lists. */
    public FirewallPlan {
        calls = List.copyOf(calls);
        unplaced = Set.copyOf(unplaced);
    }

    /** Whether the provider shows what it should. */
    public boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Whether an object is to be made; who plans that has to know all names that are taken. */
    public boolean creates() {
        return calls.stream().anyMatch(Create.class::isInstance);
    }

    /** One call of the provider. Each says the whole of what is wanted, so doing it twice does no harm. */
    public sealed interface Call {
        /** The name of the object. */
        String name();
    }

    /**
     * Make an object.
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
     * Put an object as a whole: nothing of what it was before is kept or merged.
     *
     * @param id      the provider's id of it
     * @param content all of it
     */
    public record Replace(String id, FirewallContent content) implements Call {
        @Override
        public String name() {
            return content.name();
        }
    }

    /**
     * Take an object away.
     *
     * @param id   the provider's id of it
     * @param name its name
     */
    public record Delete(String id, String name) implements Call { }
}
