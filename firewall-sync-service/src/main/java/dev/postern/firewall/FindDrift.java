// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.ShownFirewall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what others did to objects of ours: not every difference between plan and provider is theirs, most are changes of ours that are still to be
 * made. It is theirs if the provider shows what no live opening explains, or does not show what it showed before and still should.
 */
public final class FindDrift {
    private static final int LINES_MAX = 50;
    private static final int LINE_CHARACTERS_MAX = 500;

    private final Set<String> lines = new TreeSet<>();

    private FindDrift() {}

    /**
     * The facts besides the provider's observed state.
     *
     * @param known    objects that we made and did not take away: id and name
     * @param leaving  ids of objects that we are about to delete: they were detached by us
     * @param openings the live openings of the service
     * @param ownLate  accesses whose grants ended a moment ago: a late call of ours can have brought them back, and nobody else is blamed
     * @param now      the moment for which the next plan is made
     * @param applied  whether a re-read showed the attachment before; else it is ours to bring about
     */
    public record Known(Map<String, String> known, Set<String> leaving, List<Opening> openings, Set<Access> ownLate, Instant now, boolean applied) {}

    /**
     * Returns what others did, in words, at most 50 lines.
     *
     * @param groups objects that the provider shows, under the names that we gave them, by what they are to be attached to
     */
    public static List<String> in(Known before, List<AttachedGroup> groups) {
        FindDrift drift = new FindDrift();
        Set<String> shownIds = new HashSet<>();
        groups.forEach(group -> group.own().forEach(shown -> shownIds.add(shown.id())));
        before.known().forEach((id, name) -> {
            if (!shownIds.contains(id)) {
                drift.add(name + ": was deleted");
            }
        });
        drift.objects(groups, before);
        drift.accesses(groups, before);
        return drift.shortened();
    }

    private void objects(List<AttachedGroup> groups, Known before) {
        for (AttachedGroup group : groups) {
            for (ShownFirewall shown : group.own()) {
                shown.strange().forEach(strange -> add(shown.name() + ": had " + strange));
                if (before.applied() && !before.leaving().contains(shown.id()) && !shown.attachedTo(group.attachment())) {
                    add(shown.name() + ": was attached to tags " + shown.attachment().tags() + " and Droplets " + shown.attachment().droplets());
                }
            }
        }
    }

    private void accesses(List<AttachedGroup> groups, Known before) {
        Set<Access> explained = new HashSet<>(before.ownLate());
        before.openings().forEach(opening -> explained.add(opening.granted().access()));
        explained.add(Access.NOBODY);
        for (AttachedGroup group : groups) {
            for (ShownFirewall shown : group.own()) {
                shown.accesses().stream().filter(access -> !explained.contains(access))
                    .forEach(access -> add(shown.name() + ": let in " + access + ", which nobody was granted"));
            }
        }
        OpeningTransitions.lacking(before.openings(), groups, before.applied(), before.now()).forEach(access -> add("lacked " + access));
    }

    /** Names and tags are others' words: what no event may hold is left out of them. */
    private void add(String line) {
        StringBuilder plain = new StringBuilder();
        line.codePoints().map(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE ? '?' : point)
            .limit(LINE_CHARACTERS_MAX).forEach(plain::appendCodePoint);
        lines.add(plain.length() < line.length() ? plain + "…" : plain.toString());
    }

    private List<String> shortened() {
        List<String> all = new ArrayList<>(lines);
        if (all.size() <= LINES_MAX) {
            return all;
        }
        List<String> some = new ArrayList<>(all.subList(0, LINES_MAX - 1));
        some.add("and " + (all.size() - some.size()) + " more");
        return some;
    }
}
