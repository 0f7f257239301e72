// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of the provider's API, as far as authorization must know it. Data, derived from the provider's OpenAPI document and a
 * file of corrections; see docs/adr/0010.
 *
 * @param id                 its name
 * @param method             GET, POST, PUT, PATCH or DELETE
 * @param segments           the path's template in segments: {@code v2}, {@code firewalls}, {@code {firewall_id}}, {@code rules}
 * @param served             whether the gateway serves it; operations of the provider's other hosts are not served, and match no call
 * @param scopes             what the provider asks for; a person reads it, the places decide
 * @param places             where it names resources, and what each use needs
 * @param wholeTypes         what it needs on whole types, since it names no resource of them; for a list and a single answer that is filtered,
 *                           only what names nothing that the answer shows
 * @param parts              body pointers that look like references to resources and are none: parts of what the call names, or public words
 * @param query              every query parameter that the document knows here
 * @param takesBody          whether a body belongs to it
 * @param answer             what of the answer must be filtered
 * @param credential         the kind of credential that the answer is made of: then {@code *} covers nothing; empty for other answers
 * @param opensLasting       the kind of what the answer opens of its own for longer than the grant, so that the entry must allow that; mostly empty
 * @param secrets            members that are taken out of the answer
 * @param embedded           other resources that the answer holds whole
 * @param creates            what it creates
 * @param replacement        how its body replaces what is there; empty where it does not, or where nothing there is a resource of its own
 * @param unnamed            what it reaches if its body names nothing
 * @param members            the members that the document knows in its body
 */
public record Operation(OperationId id, String method, List<String> segments, boolean served, ScopeRule scopes, List<Place> places,
                        List<WholeType> wholeTypes, Set<String> parts, Set<String> query, boolean takesBody, Answer answer,
                        Optional<String> credential, Optional<String> opensLasting, Optional<Secrets> secrets, List<Embedded> embedded,
                        Optional<Creation> creates, Optional<Replacement> replacement, List<Unnamed> unnamed, KnownMembers members) {
    /** Words behind a resource in the path of a DELETE that say how it is deleted. */
    private static final Set<String> DELETING = Set.of("destroy_with_associated_resources", "selective", "dangerous");

    /**
     * A need that only a grant of a whole type fulfils.
     *
     * @param type   of the resources
     * @param scopes needed on {@code do:<type>:*}
     */
    public record WholeType(String type, ScopeRule scopes) {}

    /**
     * Secrets beside other things in an answer: DigitalOcean leaves passwords out for who lacks the scope, and the account's wide credential has it.
     *
     * @param members names of members, at any depth of the answer
     * @param scope   that shows them if the token has it on the resource by name; empty if they are never shown
     * @param lasting whether they open something for longer than the grant: then the entry must also say that credentials may outlive it
     * @param kind    the kind of credential that they are, for the event about it; empty if they are never shown
     */
    public record Secrets(Set<String> members, Optional<String> scope, boolean lasting, Optional<String> kind) {
        /** Copies the set. */
        public Secrets {
            members = Set.copyOf(members);
        }
    }

    /**
     * Another resource, or several, that an answer holds with all members: of one that the token may not see, only the id is left.
     *
     * @param member name of the member that is the resource or an array of them, at any depth of the answer
     * @param type   of the resource
     * @param id     name of the member with its id
     * @param scopes that show it
     * @param unless a member of the resource that is true where it is everybody's, and shown; empty if there is none
     */
    public record Embedded(String member, String type, String id, ScopeRule scopes, Optional<String> unless) {}

    /**
     * The reach of a body that names nothing: the provider takes every resource of a type.
     *
     * @param places pointers of the places of which one must name something
     * @param type   of what is reached otherwise
     * @param scopes needed on the whole type then
     */
    public record Unnamed(Set<String> places, String type, ScopeRule scopes) {
        /** Copies the set. */
        public Unnamed {
            places = Set.copyOf(places);
        }
    }

    /**
     * A resource that did not exist before the call.
     *
     * @param type of the resource
     * @param ids  pointers to the new ids in the answer; {@code *} for each element of an array
     */
    public record Creation(String type, List<String> ids) {
        /** Copies the list. */
        public Creation {
            ids = List.copyOf(ids);
        }
    }

    /** Copies the collections. */
    public Operation {
        segments = List.copyOf(segments);
        places = List.copyOf(places);
        wholeTypes = List.copyOf(wholeTypes);
        parts = Set.copyOf(parts);
        query = Set.copyOf(query);
        embedded = List.copyOf(embedded);
        unnamed = List.copyOf(unnamed);
    }

    /** Returns whether its body may name resources: then members that the document does not know are refused. */
    public boolean bodyNamesResources() {
        for (Place place : places) {
            if (place.in() == Place.In.BODY) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the answer is made of a secret. */
    public boolean handsOutCredential() {
        return credential.isPresent();
    }

    /** Returns whether the life of the credential that it hands out can be bounded by a parameter of the call. */
    public boolean takesExpiry() {
        return handsOutCredential() && query.contains("expiry_seconds");
    }

    /** Returns whether it hands out a credential, or an address that is one, whose life nothing bounds. */
    public boolean handsOutLastingCredential() {
        return opensLasting.isPresent() || handsOutCredential() && !takesExpiry();
    }

    /** Returns true for every method but GET. Not every write needs a writing scope. */
    public boolean write() {
        return !"GET".equals(method);
    }

    /** The template, as {@code /v2/firewalls/{firewall_id}/rules}. */
    public String template() {
        return "/" + String.join("/", segments);
    }

    /**
     * Returns the place of the resource that a success of this operation deletes, or has deleted soon; empty if it deletes no resource that its path names. A
     * path that names two resources takes one off the other: both stay.
     */
    public Optional<Place> deletes() {
        if (!"DELETE".equals(method)) {
            return Optional.empty();
        }
        int last = segments.size() - 1;
        while (last > 0 && DELETING.contains(segments.get(last))) {
            last--;
        }
        Optional<String> name = parameter(segments.get(last));
        List<Place> named = places.stream().filter(place -> place.in() == Place.In.PATH).toList();
        return name.filter(parameter -> named.size() == 1 && named.get(0).name().equals(parameter)).map(parameter -> named.get(0));
    }

    /** The name of the parameter that a segment of a template is; empty for a literal segment. */
    public static Optional<String> parameter(String segment) {
        return segment.startsWith("{") ? Optional.of(segment.substring(1, segment.length() - 1)) : Optional.empty();
    }

    /** The array of a list that is filtered; empty for other answers. */
    public Optional<JsonPointer> collectionAt() {
        return answer instanceof Answer.Collection collection ? Optional.of(collection.at()) : Optional.empty();
    }
}
