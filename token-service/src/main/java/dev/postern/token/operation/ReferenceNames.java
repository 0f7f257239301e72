// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of members and parameters that may name a resource: those of every place of the table, and names that end like ids. A call with such a
 * name where the table does not know it is refused: the provider may know members that its document does not. Names are compared folded, because
 * Go's JSON reader ignores case and protobuf's reader takes {@code dropletIds} for {@code droplet_ids}.
 *
 * @param members of bodies, folded
 * @param query   parameters, folded
 */
public record ReferenceNames(Set<String> members, Set<String> query) {
    private static final Pattern ID = Pattern.compile("(?:.*[_-])?(?:id|ids|uuid|uuids|uid|uids|urn|urns)");
    private static final List<String> ENDINGS = List.of("id", "ids", "uuid", "uuids", "uid", "uids", "urn", "urns");
    private static final String ANY = "*";

    static ReferenceNames of(List<Operation> operations) {
        Set<String> members = new HashSet<>();
        Set<String> query = new HashSet<>();
        for (Operation operation : operations) {
            operation.segments().forEach(segment -> Operation.parameter(segment).map(ReferenceNames::folded).filter(ReferenceNames::endsLikeAnId)
                .ifPresent(members::add));
            for (Place place : operation.places()) {
                // Written as one word, an id of a known type is one, too: volumeid, droplet-uuids.
                ENDINGS.forEach(ending -> members.add(folded(place.type()) + ending));
                if (place.in() == Place.In.BODY) {
                    members.add(folded(lastName(place.name())));
                } else if (place.in() == Place.In.QUERY) {
                    query.add(folded(place.name()));
                }
            }
        }
        return new ReferenceNames(Set.copyOf(members), Set.copyOf(query));
    }

    public boolean member(String name) {
        return members.contains(folded(name)) || ID.matcher(words(name)).matches();
    }

    /** With a bracket, some parsers see an array or a map of another name. */
    public boolean parameter(String name) {
        String folded = folded(name);
        return folded.indexOf('[') >= 0 || query.contains(folded) || members.contains(folded) || ID.matcher(words(name)).matches();
    }

    /**
     * Returns the name that every spelling of it shares: lower case, without separators. Go's JSON reader also takes the long s and the Kelvin sign for
     * s and k.
     */
    static String folded(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            if (!separates(c)) {
                folded.append(lower(c));
            }
        }
        return folded.toString();
    }

    /** Returns the name in lower case with its words separated by {@code _}: {@code clusterUUIDs}, {@code Cluster-Uuids} and {@code cluster_uuids} alike. */
    private static String words(String name) {
        StringBuilder words = new StringBuilder(name.length() + 4);
        char before = '_';
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            if (separates(c)) {
                words.append('_');
            } else {
                boolean begins = Character.isUpperCase(c) && !Character.isUpperCase(before) && !separates(before);
                words.append(begins ? "_" : "").append(lower(c));
            }
            before = c;
        }
        return words.toString();
    }

    /** With a word before the ending that is no accident: pa_id, as one word, is paid. */
    private static boolean endsLikeAnId(String folded) {
        return ENDINGS.stream().anyMatch(ending -> folded.endsWith(ending) && folded.length() > ending.length() + 2);
    }

    private static boolean separates(char c) {
        return c == '_' || c == '-' || Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.getType(c) == Character.CONTROL
            || Character.getType(c) == Character.FORMAT;
    }

    private static char lower(char c) {
        return c == '\u017f' ? 's' : c == '\u212a' ? 'k' : Character.toLowerCase(c);
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
