// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.ReferenceNames;
import dev.postern.token.operation.ScopeRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds every resource that a call of one operation names. Where a place holds anything but the name of a resource, or a name stands where the table
 * knows no place, the call is refused: what cannot be read cannot be covered.
 */
final class CallReader {
    private final Operation operation;
    private final ReferenceNames names;
    private final BodySpot body;

    CallReader(Operation operation, ReferenceNames names) {
        this.operation = operation;
        this.names = names;
        this.body = BodySpot.of(operation);
    }

    /**
     * One use of one resource.
     *
     * @param place    where it is named
     * @param scopes   what this use needs
     * @param resource what is named; empty for a name that is no id: then only the whole type counts
     * @param holder   the resource that holds it, where the place knows one
     * @param value    as the call writes it
     * @param context  the nearest element of an array that the value is a member of; missing for a value that stands alone
     */
    record Use(Place place, ScopeRule scopes, Optional<ResourceName> resource, Optional<ResourceName> holder, String value, JsonNode context) {}

    /**
     * The result of reading a call.
     *
     * @param uses    every use
     * @param problem why the call must be refused; empty if everything could be read
     */
    record Reading(List<Use> uses, Optional<Problem> problem) {
        /** Returns each named resource once, in the order of first use. */
        List<ResourceName> resources() {
            List<ResourceName> resources = new ArrayList<>(uses.size());
            Set<ResourceName> known = new HashSet<>();
            for (Use use : uses) {
                if (use.resource().isPresent() && known.add(use.resource().get())) {
                    resources.add(use.resource().get());
                }
            }
            return resources;
        }
    }

    /**
     * A part of the call that could not be read.
     *
     * @param rule    that refuses
     * @param message for the client: where, and what to do
     */
    record Problem(CallVerdict.Rule rule, String message) {}

    /** Reads a call of the operation; never throws for anything that a client can send. */
    Reading read(ApiCall call) {
        List<Use> uses = new ArrayList<>();
        try {
            parameters(call, uses);
            JsonNode tree = call.body().orElse(MissingNode.getInstance());
            if (operation.takesBody()) {
                new BodyReader(operation, names, call.parameters(), tree, uses, false).read(body);
            } else if (!tree.isMissingNode() && !BodyReader.saysNothing(tree)) {
                throw new Unreadable(CallVerdict.Rule.UNEXPECTED_BODY, "this operation takes no body");
            }
            required(uses);
            return new Reading(uses, Optional.empty());
        } catch (Unreadable unreadable) {
            return new Reading(uses, Optional.of(unreadable.problem()));
        }
    }

    /** Reads what the provider shows of the thing that a body replaces, in the form of the body; members that the body could not have are ignored. */
    Reading shown(ApiCall call, JsonNode object) {
        List<Use> uses = new ArrayList<>();
        try {
            if (!object.isObject()) {
                throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "the provider does not show what the body replaces");
            }
            new BodyReader(operation, names, call.parameters(), object, uses, true).read(body);
            return new Reading(uses, Optional.empty());
        } catch (Unreadable unreadable) {
            return new Reading(uses, Optional.of(unreadable.problem()));
        }
    }

    private void parameters(ApiCall call, List<Use> uses) throws Unreadable {
        for (Place place : operation.places()) {
            NamedValue named = new NamedValue(place, call.parameters());
            if (place.in() == Place.In.FIXED) {
                named.text(place.name(), uses);
            } else if (place.in() == Place.In.PATH) {
                named.text(call.parameters().getOrDefault(place.name(), ""), uses);
            } else if (place.in() == Place.In.QUERY) {
                for (String value : call.query().getOrDefault(place.name(), List.of())) {
                    named.text(value, uses);
                }
            }
        }
        for (String parameter : call.query().keySet()) {
            boolean decides = operation.write() || operation.handsOutCredential() || names.parameter(parameter);
            if (decides && !operation.query().contains(parameter)) {
                throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE, "the query has the parameter " + parameter
                    + ", which this operation does not have; leave it out");
            }
        }
    }

    private void required(List<Use> uses) throws Unreadable {
        for (Place place : operation.places()) {
            if (place.required() && uses.stream().noneMatch(use -> use.place() == place)) {
                throw Unreadable.at(place);
            }
        }
    }
}
