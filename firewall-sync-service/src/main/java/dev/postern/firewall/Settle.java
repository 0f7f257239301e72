package dev.postern.firewall;

import dev.postern.events.FirewallChanged.OpeningChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** From openings as they were loaded, and what the provider shows, to what they are now. */
public final class Settle {
    /** Why an opening ends where nobody said so before its time was over. */
    public static final String EXPIRED = "expired";

    private Settle() { }

    /** Who is to be let in at {@code now}: by reference, so that an address stays while any grant needs it. @param before what was read of it before */
    public static Wanted wanted(List<Opening> openings, Instant now, Wanted before) {
        return before.readAgain(openings.stream().filter(opening -> opening.wanted(now)).map(opening -> opening.granted().access()));
    }

    /**
     * The openings whose state changes: each as soon as the provider shows what it waits for, whatever else is still to be done.
     *
     * @param openings  the live openings of the service, as loaded before the look
     * @param wanted    who is to be let in, of them, at {@code plannedAt}
     * @param here      what the provider shows in the service's account, by parts of the attachment; nothing of it pending
     * @param elsewhere objects of the service in accounts that it belonged to before
     * @param plannedAt the moment for which {@code wanted} was made: what ended since is the next plan's
     * @param shownAt   when the provider showed it
     */
    public static List<Opening> changed(List<Opening> openings, Set<Access> wanted, List<AttachedGroup> here, List<ShownFirewall> elsewhere,
                                        Instant plannedAt, Instant shownAt) {
        List<Access> wide = wanted.stream().filter(Access::wide).toList();
        Set<Access> everywhere = here.isEmpty() ? Set.of() : accesses(here.get(0));
        here.stream().skip(1).forEach(group -> everywhere.retainAll(accesses(group)));
        Set<Access> anywhere = new HashSet<>();
        elsewhere.forEach(firewall -> anywhere.addAll(firewall.accesses()));
        here.forEach(group -> anywhere.addAll(accesses(group)));
        List<Opening> changed = new ArrayList<>();
        for (Opening opening : openings) {
            Access access = opening.granted().access();
            Opening next = opening;
            if (opening.wanted(plannedAt)) {
                next = everywhere.contains(access) ? opening.onShown(shownAt) : opening;
            } else if (wanted.contains(access) || wide.stream().anyMatch(wider -> wider.covers(access)) && !anywhere.contains(access)) {
                next = opening.onEnded(EXPIRED, shownAt).onShown(shownAt);
            } else if (!anywhere.contains(access)) {
                next = opening.onEnded(EXPIRED, shownAt).onGone(shownAt);
            }
            if (next.state() != opening.state()) {
                changed.add(next);
            }
        }
        return changed;
    }

    private static Set<Access> accesses(AttachedGroup group) {
        Set<Access> accesses = new HashSet<>();
        group.own().forEach(firewall -> accesses.addAll(firewall.accesses()));
        return accesses;
    }

    /** What is told of an opening whose end the provider does not bring about: why it ended, and that it is overdue. */
    public static OpeningChange overdue(Opening closing) {
        OpeningChange told = closing.told();
        return new OpeningChange(told.requestId(), told.protocol(), told.ports(), told.source(), told.state(), told.since(),
            Optional.of("overdue: access is over (" + told.detail().orElse(EXPIRED) + ") and may still be open at the provider"));
    }

    /** Openings that were told of as open and that the provider shows no longer: they are awaited again. */
    public static List<Opening> lost(List<Opening> openings, List<AttachedGroup> groups, boolean applied, Instant plannedAt, Instant shownAt) {
        Set<Access> missing = missing(openings, groups, applied, plannedAt);
        return openings.stream()
            .filter(opening -> opening instanceof Opening.Open && opening.wanted(plannedAt) && missing.contains(opening.granted().access()))
            .map(opening -> opening.onGone(shownAt)).toList();
    }

    /**
     * Who was told of as let in and is not shown: by every part of the attachment, for who lacks in one part is kept out there. While the attachment is
     * still ours to bring about, one part is enough. Who is over by now was perhaps taken out by ourselves.
     */
    static Set<Access> missing(List<Opening> openings, List<AttachedGroup> groups, boolean applied, Instant plannedAt) {
        List<Set<Access>> shown = groups.stream().map(Settle::accesses).toList();
        return openings.stream().filter(opening -> opening instanceof Opening.Open && opening.wanted(plannedAt))
            .map(opening -> opening.granted().access())
            .filter(access -> applied ? !shown.stream().allMatch(group -> group.contains(access)) : shown.stream().noneMatch(group -> group.contains(access)))
            .collect(Collectors.toSet());
    }
}
