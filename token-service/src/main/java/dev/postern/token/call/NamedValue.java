// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.PublicSlug;
import dev.postern.token.operation.ResourceTypes;
import dev.postern.token.operation.ScopeRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of one place as names of resources. */
final class NamedValue {
    /** Resources that one call names; the provider's longest documented list has 1,000. */
    static final int USES_MAX = 5_000;
    private static final Pattern BUCKET_HOST = Pattern.compile("([a-z0-9][a-z0-9.-]{1,62})\\.[a-z0-9]{2,10}(?:\\.cdn)?\\.digitaloceanspaces\\.com");

    private final Place place;
    private final Map<String, String> parameters;
    private final JsonNode context;

    /** @param parameters of the path: a place may lie within a resource that one of them names */
    NamedValue(Place place, Map<String, String> parameters) {
        this(place, parameters, MissingNode.getInstance());
    }

    NamedValue(Place place, Map<String, String> parameters, JsonNode context) {
        this.place = place;
        this.parameters = parameters;
        this.context = context;
    }

    /** Reads a value whose type the place knows. */
    void text(String value, List<CallReader.Use> into) throws Unreadable {
        if (value.isEmpty()) {
            if (place.required() || place.form() == Place.Form.EACH_ID) {
                throw Unreadable.at(place);
            }
            return;
        }
        switch (place.form()) {
            case OTHER_NAME, APP_IMAGE, SWITCH -> add(new CallReader.Use(place, place.scopes(), Optional.empty(), Optional.empty(), value, context), into);
            case URN -> urn(value, into);
            case ID_LIST -> {
                for (String one : value.split(",", -1)) {
                    typed(place.type(), one, into);
                }
            }
            case ID_OR_PUBLIC_SLUG -> {
                if (!PublicSlug.is(value)) {
                    typed(place.type(), value, into);
                }
            }
            case BUCKET_HOST -> {
                Matcher host = BUCKET_HOST.matcher(value);
                if (!host.matches()) {
                    throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "body " + place.name() + " must be the host name of a bucket in small letters");
                }
                typed(place.type(), host.group(1), into);
            }
            default -> typed(place.type(), value, into);
        }
    }

    /** Reads an id of a type that something beside it says. */
    void typed(String type, String id, List<CallReader.Use> into) throws Unreadable {
        try {
            Optional<ResourceName> holder = Optional.empty();
            String whole = id;
            if (place.within().isPresent()) {
                Place.Within within = place.within().get();
                String holderId = parameters.getOrDefault(within.parameter(), "");
                holder = Optional.of(ResourceTypes.single(within.type(), holderId));
                whole = holderId + "/" + id;
            }
            add(ResourceTypes.single(type, whole), holder, id, into);
        } catch (IllegalArgumentException noId) {
            throw Unreadable.at(place);
        }
    }

    private void urn(String value, List<CallReader.Use> into) throws Unreadable {
        try {
            ResourceName name = ResourceTypes.canonical(new ResourceName(value));
            if (name.wildcard() || name.service().isPresent()) {
                throw Unreadable.at(place);
            }
            add(name, Optional.empty(), value, into);
        } catch (IllegalArgumentException noUrn) {
            throw Unreadable.at(place);
        }
    }

    private void add(ResourceName name, Optional<ResourceName> holder, String value, List<CallReader.Use> into) throws Unreadable {
        ScopeRule scopes = place.scopesOn(ResourceTypes.of(name)).orElseThrow(() -> new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE,
            "body " + place.name() + " cannot name a resource of this type here"));
        add(new CallReader.Use(place, scopes, Optional.of(name), holder, value, context), into);
    }

    /** Every use is judged: their number bounds the work of the decision. */
    private static void add(CallReader.Use use, List<CallReader.Use> into) throws Unreadable {
        if (into.size() >= USES_MAX) {
            throw new Unreadable(CallVerdict.Rule.MALFORMED_REFERENCE, "the call names more than " + USES_MAX + " resources");
        }
        into.add(use);
    }
}
