package dev.postern.firewall;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** From openings as they were loaded, and a provider that shows exactly what they want, to what they are now. */
public final class Settle {
    /** Why an opening ends where nobody said so before its time was over. */
    public static final String EXPIRED = "expired";

    private Settle() { }

    /** Who is to be let in at {@code now}: by reference, so that an address stays while any grant needs it. */
    public static Set<Access> wanted(List<Opening> openings, Instant now) {
        return openings.stream().filter(opening -> opening.wanted(now)).map(opening -> opening.granted().access()).collect(Collectors.toSet());
    }

    /**
     * The openings whose state changes.
     *
     * @param openings the live openings of the service, as loaded before the plan
     * @param wanted    what the plan was made of, which is what the provider shows
     * @param plannedAt the moment for which the plan was made: what ended since is the next plan's
     * @param shownAt   when the provider showed it
     */
    public static List<Opening> changed(List<Opening> openings, Set<Access> wanted, Instant plannedAt, Instant shownAt) {
        List<Access> wide = wanted.stream().filter(Access::wide).toList();
        List<Opening> changed = new ArrayList<>();
        for (Opening opening : openings) {
            Opening ended = opening.granted().validUntil().isAfter(plannedAt) ? opening : opening.onEnded(EXPIRED, shownAt);
            Opening next = next(ended, wanted, wide, shownAt);
            if (next.state() != opening.state()) {
                changed.add(next);
            }
        }
        return changed;
    }

    private static Opening next(Opening opening, Set<Access> wanted, List<Access> wide, Instant shownAt) {
        Access access = opening.granted().access();
        boolean in = wanted.contains(access) || opening instanceof Opening.Closing && wide.stream().anyMatch(wider -> wider.covers(access));
        return in ? opening.onShown(shownAt) : opening.onGone(shownAt);
    }

    /** Openings that were told of as open and that the provider shows no longer: they are awaited again. */
    public static List<Opening> lost(List<Opening> openings, List<ShownFirewall> own, Instant shownAt) {
        Set<Access> shown = new HashSet<>();
        own.forEach(firewall -> shown.addAll(firewall.accesses()));
        return openings.stream()
            .filter(opening -> opening instanceof Opening.Open && !shown.contains(opening.granted().access()))
            .map(opening -> opening.onGone(shownAt)).toList();
    }
}
