// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.Opening;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.plan.Access;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Loads the input of a run before it reads the provider, and saves its results. */
public interface ReconcileStore {
    /**
     * An object at the provider that is ours.
     *
     * @param account     where it is
     * @param name        the name that we gave it
     * @param id          the provider's id; empty if it is not known whether it came to be
     * @param leaving     whether we are about to delete it, or have
     * @param asked       whether something was asked of it of which no answer's end is known; where a provider works on asynchronously, it may still come
     * @param madeAt      when it was last asked to be made
     * @param firstMadeAt when it was first asked to be made, of the calls whose answer was lost
     * @param digests     what those calls asked for, one for each call ({@link dev.postern.firewall.plan.FirewallContent#digest})
     */
    record ManagedObject(AccountName account, String name, Optional<String> id, boolean leaving, boolean asked, Instant madeAt, Instant firstMadeAt,
                         List<String> digests) {
        private static final int DIGESTS_MAX = 32;

        /** One that is about to be made. */
        public static ManagedObject asked(AccountName account, String name, String digest, boolean later, Optional<ManagedObject> before, Instant now) {
            List<String> digests = new ArrayList<>(before.map(ManagedObject::digests).orElse(List.of()));
            digests.add(digest);
            Instant first = before.filter(noted -> !noted.digests().isEmpty()).map(ManagedObject::firstMadeAt).orElse(now);
            return new ManagedObject(account, name, Optional.empty(), false, later, now, first,
                digests.subList(Math.max(0, digests.size() - DIGESTS_MAX), digests.size()));
        }

        /** The same after one of its calls was answered: with an id, or with a refusal. */
        public ManagedObject answered(Optional<String> given, String digest) {
            List<String> rest = new ArrayList<>(digests);
            rest.remove(digest);
            return new ManagedObject(account, name, given, false, asked, madeAt, firstMadeAt, rest);
        }

        /** The same, to stay, whatever we were about to do. */
        public ManagedObject staying() {
            return new ManagedObject(account, name, id, false, asked, madeAt, firstMadeAt, digests);
        }

        /** The same, about to be deleted. */
        public ManagedObject going() {
            return new ManagedObject(account, name, id, true, asked, madeAt, firstMadeAt, digests);
        }

        /** The same, of which something was asked, or that has come to its end. */
        public ManagedObject asked(boolean now) {
            return new ManagedObject(account, name, id, leaving, now, madeAt, firstMadeAt, digests);
        }
    }

    /**
     * An object of ours that the provider stopped showing, though we did not delete it. For a day it is looked for by its id.
     *
     * @param account where it was
     * @param name    the name that we gave it
     * @param id      the provider's id
     */
    record GoneObject(AccountName account, String name, String id) {}

    /**
     * The input of a plan, except for the provider's observed state.
     *
     * @param service        what operators said
     * @param openings       the live openings
     * @param objects        objects that are ours
     * @param gone           objects that were ours, of the last day
     * @param appliedVersion the service's version that the provider showed in full
     * @param driftPending   drift that was found and not yet set back
     * @param outcome        of the last run
     * @param lastWall       whether a Droplet has no firewall but ours though the operator did not accept that: the last object stays, and lets nobody in
     */
    record Snapshot(ProtectedService service, List<Opening> openings, List<ManagedObject> objects, List<GoneObject> gone, long appliedVersion,
                    List<String> driftPending, Optional<String> outcome, boolean lastWall) {
        /** The same with other openings and drift. */
        public Snapshot with(List<Opening> now, long applied, List<String> drift) {
            return new Snapshot(service, now, objects, gone, applied, drift, outcome, lastWall);
        }
    }

    /** Reads it. */
    Uni<Snapshot> load(ServiceName name);

    /**
     * Before an object is made: its name, what is asked for, and when.
     *
     * @return whether it may be made: not if an object of ours with an id has that name
     */
    Uni<Boolean> noteCreating(ServiceName service, ManagedObject object);

    /**
     * Saves the result of a call that was to create an object, or that an object stays after all. An object without an id and without pending calls
     * is deleted.
     */
    Uni<Void> noteAnswered(ManagedObject object);

    /** Before something is asked of an object that the provider brings about later; and after a look showed that it came to its end. */
    Uni<Void> noteAsked(AccountName account, String name, boolean asked);

    /** Before an object is taken away. */
    Uni<Void> noteLeaving(AccountName account, String id);

    /** After a re-read showed that an object is gone, of whose name another may still come to be. */
    Uni<Void> noteLost(AccountName account, String name);

    /** After a re-read showed that an object is gone. */
    Uni<Void> forget(AccountName account, String name);

    /** After two reads and a listing showed that an object is gone that we did not delete: its id is looked for, for a day. */
    Uni<Void> noteGone(ServiceName service, GoneObject object);

    /** An object that was gone is shown again. */
    Uni<Void> noteFound(ServiceName service, GoneObject object);

    /** Objects of the account that are named like ours and that no row knows, by id: what a listing showed. */
    Uni<Void> noteNobodys(AccountName account, Map<String, String> nameById, Instant at);

    /** Those of {@code accesses} that were ever granted for the service, whatever became of it, and when their last state began. */
    Uni<Map<Access, Instant>> everGranted(ServiceName service, Set<Access> accesses);

    /**
     * The provider showed it: openings change their state, and others hear of it, in one transaction.
     *
     * @param whole whether everything is as planned, so that drift is set back and the service's version applied
     * @return the published changes
     */
    Uni<FirewallNews> settle(Snapshot snapshot, AccountName account, Map<Opening, Opening> changed, boolean whole, Instant shownAt, CallBudget budget);

    /** Records drift before it is repaired; openings that are no longer open are published at once. */
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
