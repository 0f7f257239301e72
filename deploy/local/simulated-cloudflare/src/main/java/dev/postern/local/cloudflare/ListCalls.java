// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.SimulatedRequest;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.regex.Pattern;

/** /accounts/{account_id}/rules/lists. */
final class ListCalls {
    static final String LISTS = "/client/v4/accounts/{account_id}/rules/lists";
    static final String ONE = LISTS + "/{list_id}";
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,50}");
    private static final int DESCRIPTION_CHARACTERS_MAX = 500;

    private ListCalls() {
    }

    static void on(Routes<CloudflareCall> routes) {
        routes.on("GET", LISTS, ListCalls::all)
            .on("POST", LISTS, ListCalls::create)
            .on("GET", LISTS + "/bulk_operations/{operation_id}", ListCalls::operation)
            .on("GET", ONE, call -> Envelope.of(call.list().json()))
            .on("PUT", ONE, ListCalls::describe)
            .on("DELETE", ONE, ListCalls::delete);
    }

    private static SimulatedResponse all(CloudflareCall call) {
        ArrayNode lists = Json.MAPPER.createArrayNode();
        call.account().lists.values().forEach(list -> lists.add(list.json()));
        return Envelope.of(lists);
    }

    private static SimulatedResponse create(CloudflareCall call) {
        ObjectNode body = object(call.asked());
        String name = text(body, "name");
        if (name == null || !NAME.matcher(name).matches()) {
            throw Errors.invalidList("a list's name has at most 50 lower-case letters, digits and underscores");
        }
        String kind = text(body, "kind");
        if (!"ip".equals(kind)) {
            throw Errors.invalidList("kind must be ip: hostname, asn and redirect are not simulated");
        }
        String description = description(body);
        if (call.account().listNamed(name) != null) {
            throw Errors.duplicateName();
        }
        if (call.account().lists.size() >= call.settings().limits().lists()) {
            throw Errors.tooMany("this account may have at most " + call.settings().limits().lists() + " lists");
        }
        return Envelope.of(call.account().addList(name, description, call.nowMicros()).json());
    }

    /** Only the description can be changed; other members are not looked at. */
    private static SimulatedResponse describe(CloudflareCall call) {
        IpList list = call.list();
        String description = description(object(call.asked()));
        if (description != null) {
            list.describe(description, call.nowMicros());
        }
        return Envelope.of(list.json());
    }

    private static SimulatedResponse delete(CloudflareCall call) {
        IpList list = call.list();
        if (list.referencingFilters() > 0) {
            throw Errors.listInUse();
        }
        if (call.account().isPending()) {
            throw Errors.operationPending();
        }
        call.account().deleteList(list, call.nowMicros());
        return Envelope.of(Json.MAPPER.createObjectNode().put("id", list.id()));
    }

    private static SimulatedResponse operation(CloudflareCall call) {
        BulkOperation operation = call.account().operation(call.asked().name("operation_id"));
        if (operation == null) {
            throw Errors.noSuchThing("the operation");
        }
        return Envelope.of(operation.json(call.nowMicros()));
    }

    static ObjectNode object(SimulatedRequest asked) {
        JsonNode body = json(asked);
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw Errors.invalidJson("the body must be an object");
    }

    static JsonNode json(SimulatedRequest asked) {
        try {
            return asked.json();
        } catch (Refusal malformed) {
            if (malformed.status() == 400) {
                throw Errors.invalidJson("the body is not well-formed");
            }
            throw malformed;
        }
    }

    private static String description(ObjectNode body) {
        String description = text(body, "description");
        if (description != null && description.length() > DESCRIPTION_CHARACTERS_MAX) {
            throw Errors.invalidList("a description has at most " + DESCRIPTION_CHARACTERS_MAX + " characters");
        }
        return description;
    }

    private static String text(ObjectNode body, String member) {
        JsonNode node = body.get(member);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw Errors.invalidJson(member + " must be a string");
        }
        return node.textValue();
    }
}
