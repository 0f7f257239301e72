// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.Replacement;
import dev.postern.token.operation.ResourceTypes;
import dev.postern.token.operation.ScopeRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A call of an operation that names something in every one of its places, and the grant that covers just that. */
final class WholeCall {
    private final Operation operation;
    private final Map<String, String> parameters = new HashMap<>();
    private final Map<String, List<String>> query = new LinkedHashMap<>();
    private final ObjectNode body = JsonNodeFactory.instance.objectNode();
    private final ObjectNode shown;

    WholeCall(Operation operation) {
        this.operation = operation;
        for (String segment : operation.segments()) {
            Operation.parameter(segment).ifPresent(name -> parameters.put(name, "5"));
        }
        named().forEach(place -> name(place, own(place)));
        if (operation.places().stream().anyMatch(place -> place.form() == Place.Form.ALERT_ENTITY)) {
            body.put("type", "v1/insights/droplet/cpu");
        }
        this.shown = body.deepCopy();
    }

    /** Places that are named; what only a whole type would cover is left out where it can be. */
    private List<Place> named() {
        return operation.places().stream().filter(place -> !place.byOtherName() || place.required()).toList();
    }

    /** Returns the provider's state before a replacement: equal to the body. */
    JsonNode shown() {
        String at = operation.replacement().flatMap(Replacement::shownAt).orElseThrow().toString();
        return at.isEmpty() ? shown : JsonNodeFactory.instance.objectNode().set(at.substring(1), shown);
    }

    /** The verdict by a grant, after the provider was asked if that could change it. */
    CallVerdict verdict(List<DigitalOceanApi> granted) {
        CallGrant grant = CallGrant.of(granted, Calls.LATER, Map.of());
        CallVerdict verdict = Calls.AUTHORIZE.decide(call(), grant, Calls.NOON);
        return verdict instanceof CallVerdict.Refused no && no.shownAt().isPresent() ? Calls.AUTHORIZE.decide(call(), grant, Calls.NOON, shown()) : verdict;
    }

    /** The id that the grant covers at a place. */
    static String own(Place place) {
        return place.form() == Place.Form.BUCKET_HOST ? "shop5.nyc3.digitaloceanspaces.com" : place.form() == Place.Form.URN ? "do:" + place.type() + ":5"
            : place.in() == Place.In.FIXED ? "*" : "5";
    }

    /** Another id of the same type. */
    static String foreign(Place place) {
        return place.form() == Place.Form.BUCKET_HOST ? "shop666.nyc3.digitaloceanspaces.com" : place.form() == Place.Form.URN ? "do:" + place.type() + ":666"
            : "666";
    }

    /** Names one more resource at a place; in an array behind what is there. */
    void name(Place place, String id) {
        switch (place.in()) {
            case PATH -> parameters.put(place.name(), id);
            case QUERY -> query.computeIfAbsent(place.name(), name -> new ArrayList<>()).add(id);
            case BODY -> put(body, List.of(place.name().substring(1).split("/")), 0, id, place);
            default -> {}
        }
    }

    private void put(JsonNode parent, List<String> segments, int at, String id, Place place) {
        boolean last = at == segments.size() - 1;
        boolean arrayNext = !last && "*".equals(segments.get(at + 1));
        if (parent instanceof ArrayNode array) {
            if (last) {
                array.add(id);
                return;
            }
            // A new element for each further id, and for each place the same first one.
            boolean again = !array.isEmpty() && "666".equals(id.substring(id.lastIndexOf(':') + 1));
            JsonNode element = array.isEmpty() || again || !array.get(0).isContainerNode() ? (arrayNext ? array.addArray() : array.addObject()) : array.get(0);
            put(element, segments, at + 1, id, place);
            return;
        }
        ObjectNode object = (ObjectNode) parent;
        String segment = segments.get(at);
        if (last) {
            if (place.form() == Place.Form.SWITCH) {
                object.put(segment, true);
                return;
            }
            object.put(segment, id);
            if (place.form() == Place.Form.TYPED_ID) {
                object.put("resource_type", "droplet");
            } else if (place.form() == Place.Form.DATABASE_RULE) {
                object.put("type", "droplet");
            }
            return;
        }
        if (!object.has(segment)) {
            object.set(segment, arrayNext ? object.arrayNode() : object.objectNode());
        }
        put(object.get(segment), segments, at + 1, id, place);
    }

    ApiCall call() {
        return new ApiCall(operation, operation.method(), parameters, query, operation.takesBody() ? Optional.of(body) : Optional.empty(), Calls.CALLER);
    }

    /** Returns a grant of exactly the resources that the call names. */
    List<DigitalOceanApi> grant() {
        List<DigitalOceanApi> entries = new ArrayList<>();
        for (Place place : named()) {
            List<String> scopes = place.scopes().allOf().stream().map(alternatives -> alternatives.get(0)).toList();
            entries.add(new DigitalOceanApi(new ResourceName(covered(place)), scopes, Optional.empty()));
        }
        // What a PUT replaces, and no GET shows, could have named anything.
        for (Place place : operation.places()) {
            if (place.replaced() == Place.Replaced.UNSEEN) {
                Map<String, ScopeRule> needed = place.byType().isEmpty() ? Map.of(place.type(), place.scopes()) : place.byType();
                needed.forEach((type, scopes) -> entries.add(new DigitalOceanApi(ResourceTypes.whole(type),
                    scopes.allOf().stream().map(alternatives -> alternatives.get(0)).toList(), Optional.empty())));
            }
        }
        for (Operation.WholeType whole : operation.wholeTypes()) {
            entries
                .add(new DigitalOceanApi(ResourceTypes.whole(whole.type()), whole.scopes().allOf().stream().map(alternatives -> alternatives.get(0)).toList(),
                    Optional.empty()));
        }
        for (Answer.Identity identity : operation.answer().identities()) {
            entries.add(new DigitalOceanApi(new ResourceName("do:" + identity.type().orElse("droplet") + ":5"),
                identity.scopes().allOf().stream().map(alternatives -> alternatives.get(0)).toList(), Optional.empty()));
        }
        if (entries.isEmpty()) {
            entries.add(Calls.entry("do:account:* account:read"));
        }
        return outliving(entries);
    }

    /** The same entries, which let credentials outlive the grant where the operation hands some out. */
    private List<DigitalOceanApi> outliving(List<DigitalOceanApi> entries) {
        return !operation.handsOutLastingCredential() ? entries : entries.stream().map(entry -> new DigitalOceanApi(entry.identifier(), entry.actions(),
            Optional.of(new Constraints(null, null, null, null, null, null, null, Optional.of(true))))).toList();
    }

    private String covered(Place place) {
        if (place.byOtherName()) {
            return "do:" + place.type() + ":*";
        }
        String type = place.type();
        String id = own(place);
        if (place.form() == Place.Form.BUCKET_HOST) {
            return "do:bucket:shop5";
        }
        return place.form() == Place.Form.URN ? id
            : "do:" + type + ":" + place.within().map(within -> parameters.get(within.parameter()) + "/").orElse("") + id;
    }
}
