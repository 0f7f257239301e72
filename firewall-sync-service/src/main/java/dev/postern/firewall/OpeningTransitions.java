// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.ServiceName;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Computes the new states of openings from their stored states and the provider's observed state. */
public final class OpeningTransitions {
    /** Reason of an opening that ended by its time, without an event. */
    public static final String EXPIRED = "expired";
    /** Detail of a closed block where another grant holds a part of it. */
    public static final String PARTLY_HELD = "partly still open for another grant";

    private OpeningTransitions() {}

    /** Returns who is to be let in at {@code now}: by reference, so that an address stays while any grant needs it. */
    public static Set<Access> wanted(List<Opening> openings, Instant now) {
        return openings.stream().filter(opening -> opening.wanted(now)).map(opening -> opening.granted().access()).collect(Collectors.toSet());
    }

    /**
     * The observed state of one service.
     *
     * @param here      in the service's account, by those parts of the attachment that are attached to anything
     * @param elsewhere other objects that may allow an access: those in accounts that the service belonged to before
     * @param complete  whether every account has answered, with nothing of ours pending; else nothing is said to be closed
     */
    public record Shown(List<AttachedGroup> here, List<ShownFirewall> elsewhere, boolean complete) {
        private boolean certain() {
            return complete && Stream.concat(here.stream().flatMap(group -> group.own().stream()), elsewhere.stream())
                .allMatch(firewall -> firewall.progress() == ShownFirewall.Progress.DONE);
        }
    }

    /**
     * Returns the openings whose state changes: each as soon as the provider shows what it waits for, whatever else is still to be done.
     *
     * @param openings  the live openings of the service, as loaded before the provider read
     * @param wanted    who is to be let in, of them, at {@code plannedAt}
     * @param shown     what the provider shows
     * @param plannedAt the moment for which {@code wanted} was made: what ended since is the next plan's
     * @param shownAt   when the provider showed it
     */
    public static List<Opening> changed(List<Opening> openings, Set<Access> wanted, Shown shown, Instant plannedAt, Instant shownAt) {
        List<Access> wide = wanted.stream().filter(Access::wide).toList();
        Set<Access> everywhere = shown.here().isEmpty() ? Set.of() : inEffect(shown.here().get(0));
        shown.here().stream().skip(1).forEach(group -> everywhere.retainAll(inEffect(group)));
        Set<Access> anywhere = new HashSet<>();
        shown.elsewhere().forEach(firewall -> anywhere.addAll(firewall.accesses()));
        shown.here().forEach(group -> anywhere.addAll(accesses(group)));
        boolean certain = shown.certain();
        List<Opening> changed = new ArrayList<>();
        for (Opening opening : openings) {
            Access access = opening.granted().access();
            Opening next = opening;
            if (opening.wanted(plannedAt)) {
                next = everywhere.contains(access) && opening.wanted(shownAt) ? opening.onShown(shownAt) : opening;
            } else if (wanted.contains(access) || certain && wide.stream().anyMatch(wider -> wider.covers(access)) && !anywhere.contains(access)) {
                next = opening.onEnded(EXPIRED, shownAt).onShown(shownAt);
            } else if (certain && !anywhere.contains(access)) {
                next = gone(opening, wanted, shownAt);
            }
            if (next.state() != opening.state()) {
                changed.add(next);
            }
        }
        return changed;
    }

    /** A block can be closed while a part of it is open for another grant. */
    private static Opening gone(Opening opening, Set<Access> wanted, Instant shownAt) {
        Opening closed = opening.onEnded(EXPIRED, shownAt).onGone(shownAt);
        Access access = opening.granted().access();
        boolean partly = access.wide() && wanted.stream().anyMatch(access::covers);
        return partly && closed instanceof Opening.Closed ? new Opening.Closed(closed.granted(), closed.since(), Optional.of(PARTLY_HELD)) : closed;
    }

    /**
     * Returns the changes for openings that close while another service of the same Droplets allows the same source.
     *
     * @param closed  openings as they will be, by those that they were
     * @param holders the other service, by what it lets in as well
     */
    public static Map<Opening, Opening> heldElsewhere(Map<Opening, Opening> closed, Map<Access, ServiceName> holders) {
        Map<Opening, Opening> told = new LinkedHashMap<>(closed);
        told.replaceAll((before, after) -> {
            ServiceName holder = holders.get(after.granted().access());
            return holder == null || !(after instanceof Opening.Closed) ? after : new Opening.Closed(after.granted(), after.since(),
                Optional.of(after.detail().map(why -> why + "; ").orElse("") + "service " + holder + " lets it in: still open for another grant"));
        });
        return told;
    }

    private static Set<Access> accesses(AttachedGroup group) {
        Set<Access> accesses = new HashSet<>();
        group.own().forEach(firewall -> accesses.addAll(firewall.accesses()));
        return accesses;
    }

    private static Set<Access> attached(AttachedGroup group) {
        Set<Access> accesses = new HashSet<>();
        group.own().stream().filter(firewall -> firewall.covers(group.attachment())).forEach(firewall -> accesses.addAll(firewall.accesses()));
        return accesses;
    }

    /** Returns the accesses in effect at every member of the part: an object that others detached allows none. */
    private static Set<Access> inEffect(AttachedGroup group) {
        Set<Access> accesses = new HashSet<>();
        group.own().stream().filter(firewall -> firewall.progress() == ShownFirewall.Progress.DONE && firewall.covers(group.attachment()))
            .forEach(firewall -> accesses.addAll(firewall.accesses()));
        return accesses;
    }

    /** Returns the change that reports an opening as overdue: the provider has not removed it after its end; the reason of the end is kept. */
    public static OpeningChange overdue(Opening closing) {
        OpeningChange told = closing.onEnded(EXPIRED, closing.granted().validUntil()).told();
        return new OpeningChange(told.requestId(), told.protocol(), told.ports(), told.source(), told.state(), told.since(),
            Optional.of("overdue: access is over (" + told.detail().orElse(EXPIRED) + ") and may still be open at the provider"));
    }

    /** Returns those of {@code closing} that ended before {@code over} and are overdue. */
    public static List<Opening> late(Collection<Opening> closing, Instant over) {
        return closing.stream().filter(opening -> opening instanceof Opening.Closing ? opening.since().isBefore(over)
            : opening.granted().validUntil().isBefore(over)).toList();
    }

    /** Returns openings that were published as open and are no longer shown, or in an object that others detached: they are pending again. */
    public static List<Opening> lost(List<Opening> openings, List<AttachedGroup> groups, boolean applied, Instant plannedAt, Instant shownAt) {
        Set<Access> missing = missing(openings, groups.stream().map(group -> applied ? attached(group) : accesses(group)).toList(), applied, plannedAt);
        return openings.stream()
            .filter(opening -> opening instanceof Opening.Open && opening.wanted(plannedAt) && missing.contains(opening.granted().access()))
            .map(opening -> opening.onGone(shownAt)).toList();
    }

    /**
     * Returns the accesses that were published as open and are not shown by every part of the attachment; an access missing in one part is blocked
     * there. While the attachment is still to be applied, one part is enough. Accesses that have expired are left out: our own run may have removed
     * them.
     */
    static Set<Access> lacking(List<Opening> openings, List<AttachedGroup> groups, boolean applied, Instant plannedAt) {
        return missing(openings, groups.stream().map(OpeningTransitions::accesses).toList(), applied, plannedAt);
    }

    private static Set<Access> missing(List<Opening> openings, List<Set<Access>> shown, boolean applied, Instant plannedAt) {
        return openings.stream().filter(opening -> opening instanceof Opening.Open && opening.wanted(plannedAt))
            .map(opening -> opening.granted().access())
            .filter(access -> applied ? !shown.stream().allMatch(group -> group.contains(access)) : shown.stream().noneMatch(group -> group.contains(access)))
            .collect(Collectors.toSet());
    }
}
