// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.postern.token.operation.KnownMembers;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.ReferenceNames;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the body of one call, or what the provider shows in its place. For one thread. */
final class BodyReader {
    /** Nesting of a body; the provider's deepest documented body has 9 levels. */
    static final int DEPTH_MAX = 64;
    private static final int NAME_SHOWN_MAX = 60;
    private static final String ADDRESS = "ip_addr";
    private static final Set<String> FOREIGN_REGISTRIES = Set.of("DOCKER_HUB", "GHCR");
    /** Prefixes of an alert policy's type → the type of what it watches. */
    private static final Map<String, String> WATCHED = Map.of("v1/insights/droplet/", "droplet", "v1/insights/lbaas/", "load_balancer",
        "v1/dbaas/alerts/", "database", "v1/droplet/autoscale_alerts/", "autoscale_pool");

    private final Operation operation;
    private final ReferenceNames names;
    private final Map<String, String> parameters;
    private final JsonNode tree;
    private final List<CallReader.Use> uses;
    private final boolean shown;
    private final Deque<Object> path = new ArrayDeque<>();

    /**
     * @param uses  gets what is found
     * @param shown whether the provider wrote the tree: then members that the table does not know are no matter
     */
    BodyReader(Operation operation, ReferenceNames names, Map<String, String> parameters, JsonNode tree, List<CallReader.Use> uses, boolean shown) {
        this.operation = operation;
        this.names = names;
        this.parameters = parameters;
        this.tree = tree;
        this.uses = uses;
        this.shown = shown;
    }

    void read(BodySpot spots) throws Unreadable {
        if (!tree.isMissingNode()) {
            node(tree, spots, operation.members(), null, MissingNode.getInstance());
        }
    }

    /** Returns whether a value names nothing whatever its member means: null, an empty text, array or object. */
    static boolean saysNothing(JsonNode value) {
        return value.isNull() || value.isTextual() && value.textValue().isEmpty() || value.isContainerNode() && value.isEmpty();
    }

    /** @param known what the document knows here; null where the members are the client's own */
    private void node(JsonNode node, BodySpot spot, KnownMembers known, JsonNode parent, JsonNode context) throws Unreadable {
        if (path.size() > DEPTH_MAX) {
            throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "the body is nested too deeply");
        }
        if (node.isNull() && spot != null && spot.place().isPresent() && spot.place().get().form() == Place.Form.EACH_ID && !shown) {
            throw Unreadable.at(spot.place().get());
        }
        if (node.isNull() || spot != null && spot.free()) {
            return;
        }
        // An object may stand in the place of an id where the table knows its members: {"id": …} in the list of a Droplet's volumes.
        if (spot != null && spot.place().isPresent() && !spot.isNamedWithin(node)) {
            named(spot.place().get(), node, parent, context);
            return;
        }
        if (spot != null && !spot.fits(node)) {
            if (saysNothing(node) || shown) {
                return;
            }
            throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "body " + spot.pointer() + " has another form than the document says");
        }
        if (node.isArray()) {
            for (int at = 0; at < node.size(); at++) {
                path.addLast(at);
                JsonNode element = node.get(at);
                node(element, spot == null ? null : spot.element(), known == null ? null : known.element(), node, element.isObject() ? element : context);
                path.removeLast();
            }
        } else if (node.isObject()) {
            object(node, spot, known, context);
        }
    }

    private void object(JsonNode node, BodySpot spot, KnownMembers known, JsonNode context) throws Unreadable {
        if (spot != null && !shown) {
            Optional<Place> missing = spot.missing(node);
            if (missing.isPresent()) {
                throw Unreadable.at(missing.get());
            }
        }
        KnownMembers documented = known == null || known.isLeaf() ? null : known;
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String name = member.getKey();
            BodySpot next = spot == null ? null : spot.member(name);
            KnownMembers nextKnown = documented == null ? null : documented.member(name);
            path.addLast(name);
            if (!shown) {
                check(name, member.getValue(), next, documented, nextKnown);
            }
            node(member.getValue(), next, nextKnown, node, context);
            path.removeLast();
        }
    }

    /** Refuses a member that may name a resource unread, or be read as another member. */
    private void check(String name, JsonNode value, BodySpot next, KnownMembers documented, KnownMembers known) throws Unreadable {
        if (documented != null && known == null) {
            Optional<String> meant = documented.meantBy(name);
            if (meant.isPresent()) {
                throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE, "body " + pointer() + " must be written " + meant.get());
            }
        }
        if (next != null || saysNothing(value)) {
            return;
        }
        if (names.member(name)) {
            throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE,
                "body " + pointer() + " may name a resource, and this operation has no such member; leave it out");
        }
        boolean setting = path.size() == 1 && ClientSettings.is(name, value);
        if (documented != null && known == null && operation.bodyNamesResources() && !setting) {
            throw new Unreadable(CallVerdict.Rule.UNKNOWN_REFERENCE,
                "body " + pointer() + " is not a member of this operation, whose body names resources; leave it out");
        }
    }

    /** Reads a place; a refusal says at which element. */
    private void named(Place place, JsonNode node, JsonNode parent, JsonNode context) throws Unreadable {
        try {
            leaf(place, node, parent, context);
        } catch (Unreadable unreadable) {
            CallReader.Problem problem = unreadable.problem();
            throw new Unreadable(problem.rule(), problem.message().replace("body " + place.name(), "body " + pointer()));
        }
    }

    private void leaf(Place place, JsonNode node, JsonNode parent, JsonNode context) throws Unreadable {
        NamedValue named = new NamedValue(place, parameters, context);
        if (place.form() == Place.Form.SWITCH) {
            if (!node.isBoolean() || node.booleanValue()) {
                named.text("true", uses);
            }
            return;
        }
        if (!node.isTextual() && !node.isIntegralNumber()) {
            if (shown && saysNothing(node)) {
                return;
            }
            throw Unreadable.at(place);
        }
        if (shown && node.asText().isEmpty()) {
            return;
        }
        if (place.form() == Place.Form.APP_IMAGE && parent != null && FOREIGN_REGISTRIES.contains(parent.path("registry_type").asText())) {
            return;
        }
        switch (place.form()) {
            case TYPED_ID -> named.typed(type(place, parent, "resource_type"), node.asText(), uses);
            case DATABASE_RULE -> {
                String type = type(place, parent, "type");
                if (!ADDRESS.equals(type)) {
                    // The type and the value are all there is to a rule.
                    new NamedValue(place, parameters).typed(type, node.asText(), uses);
                }
            }
            case ALERT_ENTITY -> named.typed(watched(place), node.asText(), uses);
            default -> named.text(node.asText(), uses);
        }
    }

    private static String type(Place place, JsonNode parent, String member) throws Unreadable {
        JsonNode type = parent == null ? null : parent.get(member);
        if (type == null || !type.isTextual()) {
            throw Unreadable.at(place);
        }
        return type.textValue();
    }

    private String watched(Place place) throws Unreadable {
        String type = tree.path("type").asText();
        for (Map.Entry<String, String> kind : WATCHED.entrySet()) {
            if (type.startsWith(kind.getKey())) {
                return kind.getValue();
            }
        }
        throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "body /type does not say of which type " + place.name() + " is");
    }

    /** Returns the pointer to the current position; a name that is long or has unusual characters is shown as a question mark. */
    private String pointer() {
        StringBuilder pointer = new StringBuilder();
        for (Iterator<Object> segments = path.iterator(); segments.hasNext();) {
            String segment = String.valueOf(segments.next());
            boolean plain = segment.length() <= NAME_SHOWN_MAX && segment.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\\');
            pointer.append('/').append(plain ? segment.replace("~", "~0").replace("/", "~1") : "?");
        }
        int over = pointer.length() - 4 * NAME_SHOWN_MAX;
        return over > 0 ? "…" + pointer.substring(over) : pointer.toString();
    }
}
