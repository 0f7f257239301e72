// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** One check of one body: the work that is left, and the first rule that did not hold. Not for use by several threads at once. */
final class Evaluation {
    private final Work work;
    private final boolean tracking;
    private BodySchema.Violation violation;
    /** Nesting depth of rules whose failure does not fail the body (such as {@code anyOf}). */
    private int trials;

    /** @param tracking whether the schema asks which members and elements were evaluated */
    Evaluation(Work work, boolean tracking) {
        this.work = work;
        this.tracking = tracking;
    }

    /** A place in a body, as the way to it. @param parent null for the body itself */
    record Spot(Spot parent, String token) {
        private static final int CHARACTERS_MAX = 200;

        Spot member(String name) {
            return new Spot(this, name);
        }

        Spot element(int index) {
            return new Spot(this, Integer.toString(index));
        }

        /** The JSON pointer (RFC 6901), cut where it becomes too long. */
        String pointer() {
            StringBuilder pointer = new StringBuilder();
            for (Spot spot = this; spot.parent != null; spot = spot.parent) {
                String token = spot.token.length() > CHARACTERS_MAX ? spot.token.substring(0, CHARACTERS_MAX) + "…" : spot.token;
                pointer.insert(0, "/" + token.replace("~", "~0").replace("/", "~1"));
            }
            return pointer.length() > CHARACTERS_MAX ? pointer.substring(0, CHARACTERS_MAX) + "…" : pointer.toString();
        }
    }

    /** The evaluated members and elements of one place: JSON Schema's annotations for {@code unevaluatedProperties} and {@code unevaluatedItems}. */
    static final class Evaluated {
        private static final int ELEMENT_UNITS = 12;
        private final Set<String> members = new HashSet<>();
        private final Set<Integer> elements = new HashSet<>();
        /** Cost of adding all of it to another one. */
        private long units;

        void member(String name, Work work) {
            take(unitsOf(name), work);
            members.add(name);
        }

        void element(int index, Work work) {
            take(ELEMENT_UNITS, work);
            elements.add(index);
        }

        boolean hasMember(String name, Work work) {
            work.take(unitsOf(name));
            return members.contains(name);
        }

        boolean hasElement(int index) {
            return elements.contains(index);
        }

        void add(Evaluated other, Work work) {
            take(other.units, work);
            members.addAll(other.members);
            elements.addAll(other.elements);
        }

        private void take(long more, Work work) {
            work.take(more);
            units += more;
        }

        /** Names of one hash are kept in a tree, and each comparison there goes over the whole name. */
        private static long unitsOf(String name) {
            return 20L + 2L * name.length();
        }
    }

    Work work() {
        return work;
    }

    /** The record of evaluated members; null where none is needed. */
    Evaluated evaluated() {
        return tracking ? new Evaluated() : null;
    }

    /** Notes that a rule does not hold, unless it is only tried. Returns false. */
    boolean fails(Spot at, String rule) {
        if (trials == 0 && violation == null) {
            violation = new BodySchema.Violation(at.pointer(), rule);
        }
        return false;
    }

    /** Returns whether a schema holds, without its failure being one of the body. */
    boolean tries(Subschema schema, JsonNode node, Spot at, Evaluated evaluated) {
        trials++;
        boolean holds = schema.holds(node, at, this, evaluated);
        trials--;
        return holds;
    }

    /** The first rule that did not hold. */
    Optional<BodySchema.Violation> violation() {
        return Optional.ofNullable(violation);
    }
}
