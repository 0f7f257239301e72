package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ResourceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds every resource that a call of one operation names. Where a place holds anything but the name of a resource, or a name stands where the table
 * knows no place, the call is refused: what cannot be read cannot be covered.
 */
final class CallReader {
    /** Nesting of a body; the provider's deepest documented body has 9 levels. */
    static final int BODY_DEPTH_MAX = 64;
    /** Resources that one call names; the provider's longest documented list has 1,000. */
    static final int USES_MAX = 5_000;
    private static final String ADDRESS = "ip_addr";
    private static final Set<String> FOREIGN_REGISTRIES = Set.of("DOCKER_HUB", "GHCR");

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
     * @param resource what is named; empty for a name that is no id: then only the whole type counts
     * @param holder   the resource that holds it, where the place knows one
     */
    record Use(Place place, Optional<ResourceName> resource, Optional<ResourceName> holder) { }

    /**
     * What was read.
     *
     * @param uses    every use
     * @param problem why the call must be refused; empty if everything could be read
     */
    record Reading(List<Use> uses, Optional<Problem> problem) {
        /** What is named, each once, in the order of its first use. */
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
     * What could not be read.
     *
     * @param rule    that refuses
     * @param message which place, in the table's words; never what the client wrote there
     */
    record Problem(CallVerdict.Rule rule, String message) { }

    /** Reads a call of the operation; never throws for anything that a client can send. */
    Reading read(ApiCall call) {
        Walk walk = new Walk(call);
        try {
            walk.parameters();
            walk.body();
            walk.required();
            return new Reading(walk.uses, Optional.empty());
        } catch (Unreadable unreadable) {
            return new Reading(walk.uses, Optional.of(unreadable.problem));
        }
    }

    /** Ends the reading of one call. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Unreadable(CallVerdict.Rule rule, String message) {
            super(message, null, false, false);
            this.problem = new Problem(rule, message);
        }

        static Unreadable at(Place place) {
            return new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, place.in().name().toLowerCase(Locale.ROOT) + " " + place.name()
                + " must name a " + place.type() + " by its id");
        }
    }

    /** The reading of one call. */
    private final class Walk {
        private final ApiCall call;
        private final List<Use> uses = new ArrayList<>();

        Walk(ApiCall call) {
            this.call = call;
        }

        void parameters() throws Unreadable {
            for (Place place : operation.places()) {
                if (place.in() == Place.In.FIXED) {
                    text(place, place.name());
                } else if (place.in() == Place.In.PATH) {
                    text(place, call.parameters().getOrDefault(place.name(), ""));
                } else if (place.in() == Place.In.QUERY) {
                    for (String value : call.query().getOrDefault(place.name(), List.of())) {
                        text(place, value);
                    }
                }
            }
            for (String parameter : call.query().keySet()) {
                if (!operation.query().contains(parameter) && (operation.write() || names.parameter(parameter))) {
                    throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE, "the query has a parameter that this operation does not have");
                }
            }
        }

        void body() throws Unreadable {
            JsonNode tree = call.body().orElse(null);
            if (tree == null || tree.isMissingNode()) {
                return;
            }
            if (operation.takesBody()) {
                node(tree, body, null, 0);
            } else if (!tree.isNull() && !(tree.isObject() && tree.isEmpty())) {
                throw new Unreadable(CallVerdict.Rule.UNEXPECTED_BODY, "this operation takes no body");
            }
        }

        void required() throws Unreadable {
            for (Place place : operation.places()) {
                if (place.required() && !isUsed(place)) {
                    throw Unreadable.at(place);
                }
            }
        }

        private boolean isUsed(Place place) {
            for (Use use : uses) {
                if (use.place() == place) {
                    return true;
                }
            }
            return false;
        }

        /** @param spot what the table says of this node; null for nothing @param parent the node that holds it; null for the body itself */
        private void node(JsonNode node, BodySpot spot, JsonNode parent, int depth) throws Unreadable {
            if (depth > BODY_DEPTH_MAX) {
                throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "the body is nested more than " + BODY_DEPTH_MAX + " levels deep");
            }
            if (spot != null && spot.place().isPresent() && node.isNull() && spot.place().get().form() == Place.Form.EACH_ID) {
                throw Unreadable.at(spot.place().get());
            }
            if (node.isNull() || spot != null && spot.free()) {
                return;
            }
            if (spot != null && spot.place().isPresent()) {
                leaf(spot.place().get(), node, parent);
                return;
            }
            if (spot != null && !spot.fits(node)) {
                throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "body " + spot.pointer() + " has another form than the document says");
            }
            for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
                node(element, spot == null ? null : spot.element(), node, depth + 1);
            }
            if (spot != null && spot.missing(node).isPresent()) {
                throw Unreadable.at(spot.missing(node).get());
            }
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                BodySpot next = spot == null ? null : spot.member(member.getKey());
                if (next == null && names.member(member.getKey())) {
                    throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE,
                        "the body has a member that may name a resource, where this operation does not have it");
                }
                node(member.getValue(), next, node, depth + 1);
            }
        }

        private void leaf(Place place, JsonNode node, JsonNode parent) throws Unreadable {
            if (!node.isTextual() && !node.isIntegralNumber()) {
                throw Unreadable.at(place);
            }
            if (place.form() == Place.Form.APP_IMAGE && parent != null && FOREIGN_REGISTRIES.contains(parent.path("registry_type").asText())) {
                return;
            }
            boolean rule = place.form() == Place.Form.DATABASE_RULE;
            if (rule || place.form() == Place.Form.TYPED_ID) {
                JsonNode type = parent == null ? null : parent.get(rule ? "type" : "resource_type");
                if (type == null || !type.isTextual()) {
                    throw Unreadable.at(place);
                }
                if (!rule || !ADDRESS.equals(type.textValue())) {
                    single(place, type.textValue(), node.asText());
                }
            } else {
                text(place, node.asText());
            }
        }

        private void text(Place place, String value) throws Unreadable {
            if (uses.size() >= USES_MAX) {
                throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "the call names more than " + USES_MAX + " resources");
            }
            if (value.isEmpty()) {
                if (place.required() || place.form() == Place.Form.EACH_ID) {
                    throw Unreadable.at(place);
                }
                return;
            }
            switch (place.form()) {
                case OTHER_NAME, APP_IMAGE -> uses.add(new Use(place, Optional.empty(), Optional.empty()));
                case URN -> urn(place, value);
                case ID_LIST -> {
                    for (String one : value.split(",", -1)) {
                        single(place, place.type(), one);
                    }
                }
                case ID_OR_PUBLIC_SLUG -> {
                    if (!PublicSlug.is(value)) {
                        single(place, place.type(), value);
                    }
                }
                default -> single(place, place.type(), value);
            }
        }

        private void urn(Place place, String value) throws Unreadable {
            try {
                ResourceName name = ResourceTypes.canonical(new ResourceName(value));
                if (name.wildcard() || name.service().isPresent()) {
                    throw Unreadable.at(place);
                }
                uses.add(new Use(place, Optional.of(name), Optional.empty()));
            } catch (IllegalArgumentException noUrn) {
                throw Unreadable.at(place);
            }
        }

        private void single(Place place, String type, String id) throws Unreadable {
            try {
                Optional<ResourceName> holder = Optional.empty();
                String whole = id;
                if (place.within().isPresent()) {
                    Place.Within within = place.within().get();
                    String holderId = call.parameters().getOrDefault(within.parameter(), "");
                    holder = Optional.of(ResourceTypes.single(within.type(), holderId));
                    whole = holderId + "/" + id;
                }
                uses.add(new Use(place, Optional.of(ResourceTypes.single(type, whole)), holder));
            } catch (IllegalArgumentException noId) {
                throw Unreadable.at(place);
            }
        }
    }
}
