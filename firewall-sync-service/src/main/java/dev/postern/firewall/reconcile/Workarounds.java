// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Remembers a provider's refusals of one service at one account, so that the next run does not repeat the refused request. An entry expires after a
 * minute, or when the process ends; then it is learned anew. Thread-safe.
 */
final class Workarounds {
    private static final Duration KEPT = Duration.ofSeconds(60);
    private static final int ALONE_MAX = 3;
    private static final int DELETED_MAX = 100;

    private static final Duration READ_KEPT = Duration.ofMinutes(5);
    /** Time that a deletion of an attached object may take; what the provider shows does not tell its end. */
    private static final Duration DELETION_MAX = Duration.ofSeconds(30);

    private final Map<String, ShownFirewall> readLast = new HashMap<>();
    private Instant readAt = Instant.MIN;
    private final Set<String> changedSince = new HashSet<>();
    private Instant deletionUntil = Instant.MIN;
    private Attachment missing = DesiredState.NOTHING;
    private Instant missingUntil = Instant.MIN;
    private final Set<String> keptNames = new HashSet<>();
    private Instant keptNamesUntil = Instant.MIN;
    private final Set<String> deleted = new LinkedHashSet<>();
    private final Map<Access, Instant> refused = new TreeMap<>();
    private int max = Integer.MAX_VALUE;
    private int alone;
    private Instant pausedUntil = Instant.MIN;
    private Instant spentUntil = Instant.MIN;
    private Optional<String> words = Optional.empty();

    /** Remembers what a read showed, for a closing that comes when nothing can be read. */
    synchronized void read(Collection<ShownFirewall> own, Instant at) {
        readLast.clear();
        changedSince.clear();
        own.forEach(shown -> readLast.put(shown.id(), shown));
        readAt = at;
    }

    /** Notes that a change of the object is requested: from now on the last read proves nothing about it. */
    synchronized void changing(String id) {
        changedSince.add(id);
    }

    /** Notes that the provider accepted a change of the object: a closing that cannot read it is planned on the new content. */
    synchronized void changed(String id, FirewallContent content) {
        readLast.computeIfPresent(id, (same, shown) -> shown.changedTo(content));
    }

    /** Returns true if a change of the object was requested since the last read. */
    synchronized boolean changedSinceRead(String id) {
        return changedSince.contains(id);
    }

    /** Returns the object as the last read showed it, or as it was changed since; empty if that is more than five minutes ago. */
    synchronized Optional<ShownFirewall> readLast(String id, Instant now) {
        return readAt.plus(READ_KEPT).isAfter(now) ? Optional.ofNullable(readLast.get(id)) : Optional.empty();
    }

    /** Tags and Droplets that the provider does not have. */
    synchronized Attachment missing() {
        return missing;
    }

    /** Returns whether it is time to ask again for what is missing. */
    synchronized boolean missingIsOld(Instant now) {
        return !missing.equals(DesiredState.NOTHING) && !missingUntil.isAfter(now);
    }

    /** @return whether something is missing that was not before */
    synchronized boolean missing(Attachment found, Instant now) {
        boolean more = !missing.tags().containsAll(found.tags()) || !missing.droplets().containsAll(found.droplets());
        missing = found;
        missingUntil = now.plus(KEPT);
        return more;
    }

    /** Returns true if the object keeps its current name, because another client took ours. */
    synchronized boolean keepsName(String id, Instant now) {
        return keptNamesUntil.isAfter(now) && keptNames.contains(id);
    }

    /** @return whether that is new */
    synchronized boolean keepName(String id, Instant now) {
        boolean more = !keepsName(id, now);
        keptNames.add(id);
        keptNamesUntil = now.plus(KEPT);
        return more;
    }

    /** Notes that an object is deleted that was not shown to let nobody in: for half a minute it may still let somebody in. */
    synchronized void deletingInUse(Instant now) {
        deletionUntil = now.plus(DELETION_MAX);
    }

    /** Returns true while such a deletion may be under way. */
    synchronized boolean deletionPends(Instant now) {
        return deletionUntil.isAfter(now);
    }

    /** We deleted the object, and the provider said so. */
    synchronized void deleted(String id) {
        deleted.add(id);
        if (deleted.size() > DELETED_MAX) {
            deleted.remove(deleted.iterator().next());
        }
    }

    /** Returns whether this process deleted the object: that it is not shown is no news. */
    synchronized boolean wasDeleted(String id) {
        return deleted.contains(id);
    }

    synchronized DesiredState.Newcomers newcomers(Instant now) {
        refused.values().removeIf(until -> !until.isAfter(now));
        if (!spentUntil.isAfter(now)) {
            max = Integer.MAX_VALUE;
            alone = 0;
        }
        return new DesiredState.Newcomers(pausedUntil.isAfter(now) ? 0 : max, Set.copyOf(refused.keySet()));
    }

    /**
     * The provider refused to let these in: half as many are offered next, and one that is refused alone waits.
     *
     * @param reason the provider's words
     */
    synchronized void refuse(Set<Access> newcomers, String reason, Instant now) {
        words = Optional.of(reason);
        spentUntil = now.plus(KEPT.multipliedBy(2));
        if (newcomers.size() > 1) {
            max = newcomers.size() / 2;
            return;
        }
        newcomers.forEach(access -> refused.put(access, now.plus(KEPT)));
        max = 1;
        if (++alone >= ALONE_MAX) {
            pausedUntil = now.plus(KEPT);
            alone = 0;
        }
    }

    /** The provider took newcomers: twice as many are offered next. */
    synchronized void accept() {
        alone = 0;
        max = max > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : Math.max(1, max * 2);
    }

    /** Returns true while additions are paused or some refused accesses are held back. */
    synchronized boolean waits(Instant now) {
        return pausedUntil.isAfter(now) || !newcomers(now).refused().isEmpty();
    }

    /** Returns a description of the active workarounds; empty if there is none. */
    synchronized Optional<String> words(Instant now) {
        List<String> lines = new ArrayList<>(missingLines());
        if (keptNamesUntil.isAfter(now) && !keptNames.isEmpty()) {
            lines.add("an object of ours was renamed and its name is somebody else's");
        }
        if (waits(now)) {
            lines.add("the provider refuses to let more in: " + words.orElse("no reason given"));
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", lines));
    }

    /** One line for each tag and Droplet that is gone. */
    synchronized List<String> missingLines() {
        List<String> lines = new ArrayList<>();
        missing.tags().forEach(tag -> lines.add("tag " + tag + " of the service is not at the provider"));
        missing.droplets().forEach(droplet -> lines.add("Droplet " + droplet + " of the service is not at the provider"));
        return lines;
    }
}
