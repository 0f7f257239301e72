// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A place where a call names a resource, and the scopes that this use needs. A place without a value names nothing; each of several values is a
 * resource of its own.
 *
 * @param in         path, query, body; or fixed, for what the operation itself names ({@code projects/default})
 * @param name       the path or query parameter; a JSON pointer with {@code *} for every element of an array (or member of a map); the id of a
 *                   fixed resource
 * @param type       the type of the resource, as in {@code do:<type>:<id>}
 * @param scopes     what this use needs on each resource
 * @param byType     type → what this use needs, where the value says the type: other types are refused; empty where {@code scopes} is for every type
 * @param form       how the value names it
 * @param within     a path parameter and type of the resource that holds it (a registry its repositories): a grant of the holder covers it, too
 * @param wholeTypes further types whose whole ({@code do:droplet:*}) covers this use; {@code tag_name=} reaches Droplets, for instance
 * @param required   whether the call is refused if it names nothing here
 * @param byName     whether only an entry that names the resource covers this use, and {@code *} does not
 * @param replaced   whether a value left out is taken away
 * @param instead    for a fixed resource, the call that names it, since no grant can name what stands for another thing
 */
public record Place(In in, String name, String type, ScopeRule scopes, Map<String, ScopeRule> byType, Form form, Optional<Within> within,
                    Set<String> wholeTypes, boolean required, boolean byName, Replaced replaced, Optional<String> instead) {
    /** Part of a call. */
    public enum In { PATH, QUERY, BODY, FIXED }

    /** The form in which a value names a resource. */
    public enum Form {
        /** Its id: a text or an integer. */
        ID,
        /** An integer (also as text) is an id; another text is the slug of something public, and names nothing of the account. */
        ID_OR_PUBLIC_SLUG,
        /** Its id; left out or empty, the provider takes every resource, so that is refused. */
        EACH_ID,
        /** Several ids, with commas between them. */
        ID_LIST,
        /** The provider's URN; the type is in the value. */
        URN,
        /** Its id; the type is the text of the member {@code resource_type} beside it. */
        TYPED_ID,
        /** The value of a rule of a database's firewall: an address, or an id whose type is the text of the member {@code type} beside it. */
        DATABASE_RULE,
        /** A name that is no id and could equal another resource's id: only a grant of the whole type covers it. */
        OTHER_NAME,
        /** The repository of an app's image: a name in the account's own registry, unless the member {@code registry_type} beside it says another one. */
        APP_IMAGE,
        /** The id of what an alert policy watches; its type follows from the member {@code type} of the body. */
        ALERT_ENTITY,
        /** The host name of a bucket of Spaces: {@code images.nyc3.digitaloceanspaces.com}. */
        BUCKET_HOST,
        /** Not a name but a switch: any value but false and null acts on the whole type. */
        SWITCH
    }

    /** Says if the body of a PUT or PATCH replaces the provider's values here, which removes the values that it leaves out. */
    public enum Replaced {
        /** It does not. */
        NO,
        /** It does, and the operation's {@link Replacement} shows what was there. */
        SHOWN,
        /** It does, and no operation shows what was there. */
        UNSEEN
    }

    /**
     * The resource that holds another.
     *
     * @param type      its type
     * @param parameter the path parameter that names it
     */
    public record Within(String type, String parameter) {}

    /** Returns true if a value may be a name other than an id; only a grant of the whole type covers it then. */
    public boolean byOtherName() {
        return form == Form.OTHER_NAME || form == Form.APP_IMAGE || form == Form.SWITCH;
    }

    /** Returns what this use needs on a resource of a type; empty if nothing of that type can be named here. @param named by its one name */
    public Optional<ScopeRule> scopesOn(String named) {
        return byType.isEmpty() ? Optional.of(scopes) : Optional.ofNullable(byType.get(named));
    }

    /** Copies the collections. */
    public Place {
        wholeTypes = Set.copyOf(wholeTypes);
        byType = Map.copyOf(byType);
    }
}
