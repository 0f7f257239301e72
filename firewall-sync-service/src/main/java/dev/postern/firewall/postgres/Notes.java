package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.Access;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.Opening;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.cloud.CallBudget;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an activation reads before it looks at the provider, and what it writes when the provider has answered. */
public interface Notes {
    /**
     * An object at the provider that is ours.
     *
     * @param account where it is
     * @param name    the name that we gave it
     * @param id      the provider's id; empty if it is not known whether it came to be
     * @param leaving whether we are about to take it away, or have
     * @param asked   whether something was asked of it of which no answer's end is known; where a provider works on asynchronously, it may still come
     * @param madeAt  when it was last asked to be made
     */
    record KnownObject(AccountName account, String name, Optional<String> id, boolean leaving, boolean asked, Instant madeAt) { }

    /**
     * What a plan is made of, except for what the provider shows.
     *
     * @param service        what operators said
     * @param openings       the live openings
     * @param objects        objects that are ours
     * @param appliedVersion the service's version that the provider showed in full
     * @param driftPending   drift that was found and not yet set back
     * @param outcome        of the last run
     */
    record Snapshot(ProtectedService service, List<Opening> openings, List<KnownObject> objects, long appliedVersion, List<String> driftPending,
                           Optional<String> outcome) { }

    /** Reads it. */
    Uni<Snapshot> load(ServiceName name);

    /** Before an object is made. */
    Uni<Void> noteCreating(ServiceName service, AccountName account, String name);

    /** After an object was made, or was found to be ours, or is to stay after all. */
    Uni<Void> noteCreated(AccountName account, String name, String id);

    /** Before something is asked of an object that the provider brings about later; and after a look showed that it came to its end. */
    Uni<Void> noteAsked(AccountName account, String name, boolean asked);

    /** Before an object is taken away. */
    Uni<Void> noteLeaving(AccountName account, String id);

    /** After a re-read showed that an object is gone, of whose name another may still come to be. */
    Uni<Void> noteLost(AccountName account, String name);

    /** After a re-read showed that an object is gone. */
    Uni<Void> forget(AccountName account, String name);

    /** Those of {@code accesses} that were ever granted for the service, whatever became of it. */
    Uni<Set<Access>> everGranted(ServiceName service, Set<Access> accesses);

    /**
     * The provider showed it: openings change their state, and others hear of it, in one transaction.
     *
     * @param whole whether everything is as planned, so that drift is set back and the service's version applied
     * @return what was told
     */
    Uni<FirewallNews> settle(Snapshot snapshot, AccountName account, Map<Opening, Opening> changed, boolean whole, Instant shownAt, CallBudget budget);

    /** Others had changed our objects: noted before it is set back; what is no longer open is told of at once. */
    Uni<FirewallNews> foundDrift(ServiceName service, AccountName account, List<String> lines, Map<Opening, Opening> lost, Instant shownAt);

    /** Pairs of what was and what is. */
    static Map<Opening, Opening> pairs(List<Opening> before, List<Opening> changed) {
        Map<Opening.Granted, Opening> byGranted = new LinkedHashMap<>();
        changed.forEach(next -> byGranted.put(next.granted(), next));
        Map<Opening, Opening> pairs = new LinkedHashMap<>();
        before.forEach(opening -> Optional.ofNullable(byGranted.get(opening.granted())).ifPresent(next -> pairs.put(opening, next)));
        return pairs;
    }

    /** Another process owns the service now: nothing was written. */
    final class OwnershipLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Says so. */
        public OwnershipLost() {
            super("the service is reconciled by another process now", null, false, false);
        }
    }
}
