package dev.postern.token.call;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names that may name a resource: those of every place of the table, and what ends as ids do. A call that has such a name where the table does
 * not know it is refused: the provider may know a member that its document does not, and may read names without regard to case.
 *
 * @param members of bodies, in lower case
 * @param query   parameters, in lower case
 */
record ReferenceNames(Set<String> members, Set<String> query) {
    private static final Pattern ID = Pattern.compile("(?:.*[_-])?(?:id|ids|uuid|uuids|uid|uids|urn|urns)");
    private static final String ANY = "*";

    static ReferenceNames of(List<Operation> operations) {
        Set<String> members = new HashSet<>();
        Set<String> query = new HashSet<>();
        for (Operation operation : operations) {
            for (Place place : operation.places()) {
                if (place.in() == Place.In.BODY) {
                    members.add(folded(lastName(place.name())));
                } else if (place.in() == Place.In.QUERY) {
                    query.add(folded(place.name()));
                }
            }
        }
        return new ReferenceNames(Set.copyOf(members), Set.copyOf(query));
    }

    boolean member(String name) {
        String folded = folded(name);
        return members.contains(folded) || ID.matcher(folded).matches();
    }

    /** With a bracket, some parsers see an array or a map of another name. */
    boolean parameter(String name) {
        String folded = folded(name);
        return folded.indexOf('[') >= 0 || query.contains(folded) || members.contains(folded) || ID.matcher(folded).matches();
    }

    /** Go's JSON decoder compares names without regard to case, and takes the long s and the Kelvin sign for s and k. */
    private static String folded(String name) {
        return name.replace('\u017f', 's').replace('\u212a', 'k').toLowerCase(Locale.ROOT);
    }

    private static String lastName(String pointer) {
        String[] segments = pointer.split("/");
        for (int at = segments.length - 1; at > 0; at--) {
            if (!ANY.equals(segments[at])) {
                return segments[at];
            }
        }
        return pointer;
    }
}
