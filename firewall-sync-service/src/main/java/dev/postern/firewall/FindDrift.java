package dev.postern.firewall;

import dev.postern.events.ServiceProtected.Attachment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private FindDrift() { }

    /**
     * What others did, in words, at most 50 lines.
     *
     * @param known      objects that we made and did not take away: id and name
     * @param own        those of them that the provider shows, under the names that we gave them
     * @param openings   the live openings of the service
     * @param attachment what the objects are attached to since a re-read showed it; empty if that is about to change
     */
    public static List<String> in(Map<String, String> known, List<ShownFirewall> own, List<Opening> openings, Optional<Attachment> attachment) {
        FindDrift drift = new FindDrift();
        Set<String> shownIds = new HashSet<>();
        own.forEach(shown -> shownIds.add(shown.id()));
        known.forEach((id, name) -> {
            if (!shownIds.contains(id)) {
                drift.add(name + ": was deleted");
            }
        });
        drift.objects(own, attachment);
        drift.accesses(own, openings);
        return drift.shortened();
    }

    private void objects(List<ShownFirewall> own, Optional<Attachment> attachment) {
        for (ShownFirewall shown : own) {
            String name = shown.name();
            shown.strange().forEach(strange -> add(name + ": had " + strange));
            attachment.filter(wanted -> !shown.attachedTo(wanted)).ifPresent(wanted ->
                add(name + ": was attached to tags " + shown.attachment().tags() + " and Droplets " + shown.attachment().droplets()));
        }
    }

    private void accesses(List<ShownFirewall> own, List<Opening> openings) {
        Set<Access> explained = new HashSet<>();
        Set<Access> missing = new HashSet<>();
        for (Opening opening : openings) {
            explained.add(opening.granted().access());
            if (opening instanceof Opening.Open) {
                missing.add(opening.granted().access());
            }
        }
        for (ShownFirewall shown : own) {
            for (Access access : shown.accesses()) {
                missing.remove(access);
                if (!explained.contains(access)) {
                    add(shown.name() + ": let in " + access + ", which nobody was granted");
                }
            }
        }
        missing.forEach(access -> add("lacked " + access));
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
