// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A node in the tree of an operation's body pointers: its places and parts. */
final class BodySpot {
    private static final String ANY = "*";
    private static final String REST = "**";

    private final String pointer;
    private final Map<String, BodySpot> children = new HashMap<>();
    private Place place;
    private boolean free;
    private boolean leadsToPlace;

    private BodySpot(String pointer) {
        this.pointer = pointer;
    }

    /** The root of the body. */
    static BodySpot of(Operation operation) {
        BodySpot root = new BodySpot("");
        operation.parts().forEach(part -> root.grow(part, null));
        operation.places().stream().filter(place -> place.in() == Place.In.BODY).forEach(place -> root.grow(place.name(), place));
        return root;
    }

    private void grow(String path, Place grown) {
        BodySpot spot = this;
        spot.leadsToPlace |= grown != null;
        for (String segment : path.substring(1).split("/")) {
            if (REST.equals(segment)) {
                spot.free = true;
                return;
            }
            String parent = spot.pointer;
            spot = spot.children.computeIfAbsent(segment, name -> new BodySpot(parent + "/" + name));
            spot.leadsToPlace |= grown != null;
        }
        spot.place = grown == null ? spot.place : grown;
    }

    /** With {@code *} for every element. */
    String pointer() {
        return pointer;
    }

    /** The place that is here. */
    Optional<Place> place() {
        return Optional.ofNullable(place);
    }

    /** Returns true if any value may be here and below: labels, free text of a client. */
    boolean free() {
        return free;
    }

    /** Returns true if an object replaces an id, and names its resource in a member of its own. */
    boolean isNamedWithin(JsonNode node) {
        return node.isObject() && children.keySet().stream().anyMatch(node::has);
    }

    /** The elements of an array; null if nothing is known of them. */
    BodySpot element() {
        return children.get(ANY);
    }

    /** A member of an object; null if nothing is known of it. */
    BodySpot member(String name) {
        BodySpot named = children.get(name);
        return named == null ? children.get(ANY) : named;
    }

    /** A place that this object must not leave out, and does. */
    Optional<Place> missing(JsonNode object) {
        for (Map.Entry<String, BodySpot> child : object.isObject() ? children.entrySet() : Map.<String, BodySpot>of().entrySet()) {
            Place must = child.getValue().place;
            if (must != null && must.form() == Place.Form.EACH_ID && !object.has(child.getKey())) {
                return Optional.of(must);
            }
        }
        return Optional.empty();
    }

    /** Returns true if a node has the form that places below it need: an array for elements, an object for members. */
    boolean fits(JsonNode node) {
        if (!leadsToPlace) {
            return true;
        }
        boolean elements = children.containsKey(ANY);
        return node.isArray() && elements || node.isObject() && (!elements || children.size() > 1);
    }
}
