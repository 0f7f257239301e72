// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a successful answer that depends on the resources that the token may see. */
public sealed interface Answer {
    /** Returns the place in the answer that names its resources; empty if it is not filtered. */
    default List<Identity> identities() {
        return List.of();
    }

    /** Nothing: the answer is about what the call named, or about no resource of the account. The answer streams through. */
    record Unfiltered() implements Answer {}

    /**
     * One resource, named in the answer only: an action, a snapshot. Shown only if the token may see one of the resources that it is about.
     *
     * @param at         the pointer to the object
     * @param identities where the object says which resource it is, or belongs to; one that the token may see is enough
     */
    record Item(JsonPointer at, List<Identity> identities) implements Answer {
        /** Copies the list. */
        public Item {
            identities = List.copyOf(identities);
        }
    }

    /**
     * A list of resources: items that the token may not see are left out.
     *
     * @param at         the pointer to the array
     * @param identities as for an item, relative to each element
     * @param paging     how it goes on
     */
    record Collection(JsonPointer at, List<Identity> identities, Paging paging) implements Answer {
        /** Copies the list. */
        public Collection {
            identities = List.copyOf(identities);
        }
    }

    /** The pagination of a list. */
    enum Paging {
        /** {@code page} and {@code per_page}, {@code links.pages} and {@code meta.total}. */
        PAGES,
        /** All in one answer, or by a cursor of the provider: each answer is filtered on its own. */
        NONE
    }

    /**
     * The places of an object that identify its resource.
     *
     * @param type   the resource's type; empty if {@code typeAt} says it, or the value is a URN
     * @param id     pointer to the id; the empty pointer for an element that is the id itself
     * @param typeAt pointer to a member with the provider's name of the type
     * @param scopes what the token must hold on it to see the object
     * @param byType type → the same, where the object says the type: objects of other types are not shown; empty where {@code scopes} is for every type
     */
    record Identity(Optional<String> type, JsonPointer id, Optional<JsonPointer> typeAt, ScopeRule scopes, Map<String, ScopeRule> byType) {
        /** Copies the map. */
        public Identity {
            byType = Map.copyOf(byType);
        }

        /** Returns what shows a resource of a type; empty if nothing does. @param named by its one name */
        public Optional<ScopeRule> scopesOn(String named) {
            return byType.isEmpty() ? Optional.of(scopes) : Optional.ofNullable(byType.get(named));
        }
    }
}
