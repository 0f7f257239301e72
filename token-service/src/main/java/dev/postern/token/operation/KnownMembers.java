// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The members that the provider's document knows in a body, as a tree. Immutable once read. */
public final class KnownMembers {
    /** The members of an operation without a body, or with one that the document does not describe. */
    public static final KnownMembers NONE = new KnownMembers();
    private static final String ANY = "*";

    private final Map<String, KnownMembers> members = new HashMap<>();
    private final Map<String, String> spellings = new HashMap<>();

    private KnownMembers() {}

    /** Reads a tree of names: {@code {"name": {}, "rules": {"*": {"ports": {}}}}}; {@code *} stands for the elements of an array and the members of a map. */
    static KnownMembers of(JsonNode tree) {
        KnownMembers known = new KnownMembers();
        tree.properties().forEach(member -> {
            known.members.put(member.getKey(), of(member.getValue()));
            known.spellings.put(ReferenceNames.folded(member.getKey()), member.getKey());
        });
        return known;
    }

    /** Returns whether nothing is known below: a text, a number, or an object whose members are the client's own. */
    public boolean isLeaf() {
        return members.isEmpty();
    }

    /** The elements of an array or the members of a map; null if nothing is known of them. */
    public KnownMembers element() {
        return members.get(ANY);
    }

    /** The member of that exact name; null if there is none. */
    public KnownMembers member(String name) {
        KnownMembers exact = members.get(name);
        return exact == null ? members.get(ANY) : exact;
    }

    /** The known member that another spelling may be taken for. */
    public Optional<String> meantBy(String name) {
        return Optional.ofNullable(spellings.get(ReferenceNames.folded(name))).filter(known -> !known.equals(name));
    }
}
