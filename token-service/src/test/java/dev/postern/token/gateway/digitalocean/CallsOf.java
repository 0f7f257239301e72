// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Calls of operations, and answers to them, read off the table. */
final class CallsOf {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CallsOf() {}

    /** The bytes of a call. @param token null for none */
    static byte[] bytes(Operation operation, String id, String token, Optional<JsonNode> body) {
        StringBuilder head = new StringBuilder(operation.method()).append(' ').append(path(operation, id)).append(query(operation, id))
            .append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if (token != null) {
            head.append("Authorization: Bearer ").append(token).append("\r\n");
        }
        String text = body.map(JsonNode::toString).orElse("");
        if (body.isPresent()) {
            head.append("Content-Type: application/json\r\nContent-Length: ").append(text.getBytes(StandardCharsets.UTF_8).length).append("\r\n");
        }
        return (head + "\r\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    static String path(Operation operation, String id) {
        StringBuilder path = new StringBuilder();
        operation.segments().forEach(segment -> path.append('/').append(Operation.parameter(segment).isPresent() ? id : segment));
        return path.toString();
    }

    private static String query(Operation operation, String id) {
        StringBuilder query = new StringBuilder();
        operation.places().stream().filter(place -> place.in() == Place.In.QUERY && place.required())
            .forEach(place -> query.append(query.length() == 0 ? '?' : '&').append(place.name()).append('=').append(id));
        return query.toString();
    }

    /** A body that names this resource wherever one must be named. */
    static Optional<JsonNode> requiredBody(Operation operation, String id) {
        if (!operation.takesBody()) {
            return Optional.empty();
        }
        ObjectNode body = JSON.objectNode();
        operation.places().stream().filter(place -> place.in() == Place.In.BODY && place.required()).forEach(place -> put(body, place, id));
        return Optional.of(body);
    }

    /** Puts a resource in its place. */
    static void put(ObjectNode body, Place place, String id) {
        JsonNode value = place.form() == Place.Form.URN ? JSON.textNode("do:droplet:" + id)
            : JSON.textNode(place.form() == Place.Form.BUCKET_HOST ? id + ".nyc3.digitaloceanspaces.com" : id);
        put(body, place.name().substring(1).split("/"), 0, value);
        if (place.form() == Place.Form.TYPED_ID) {
            put(body, place.name().replaceFirst("[^/]*$", "resource_type").substring(1).split("/"), 0, JSON.textNode(place.type()));
        }
    }

    /** Puts a value where a pointer leads, and makes what is missing on the way. */
    static void put(JsonNode into, String[] steps, int at, JsonNode value) {
        boolean last = at == steps.length - 1;
        boolean listNext = !last && steps[at + 1].equals("*");
        if (into instanceof ArrayNode array) {
            JsonNode element = last ? value : array.isEmpty() ? container(listNext) : array.get(0);
            if (last || array.isEmpty()) {
                array.add(element);
            }
            if (!last) {
                put(element, steps, at + 1, value);
            }
        } else if (into instanceof ObjectNode object) {
            String name = steps[at].equals("*") ? "any" : steps[at].replace("~1", "/").replace("~0", "~");
            if (last) {
                object.set(name, value);
            } else {
                JsonNode inner = object.has(name) ? object.get(name) : container(listNext);
                object.set(name, inner);
                put(inner, steps, at + 1, value);
            }
        }
    }

    /** An answer of the form that the table says, about this resource. */
    static String answer(Operation operation, String id) {
        ObjectNode answer = JSON.objectNode();
        if (operation.answer() instanceof Answer.Collection list) {
            put(answer, (list.at() + "/*").substring(1).split("/"), 0, object(list.identities().get(0), id));
        } else if (operation.answer() instanceof Answer.Item item) {
            if (item.at().matches()) {
                return object(item.identities().get(0), id).toString();
            }
            put(answer, item.at().toString().substring(1).split("/"), 0, object(item.identities().get(0), id));
        }
        return answer.toString();
    }

    private static JsonNode object(Answer.Identity identity, String id) {
        ObjectNode object = JSON.objectNode();
        if (identity.id().matches()) {
            return JSON.textNode(id);
        }
        put(object, identity.id().toString().substring(1).split("/"), 0, JSON.textNode(id));
        return object;
    }

    private static JsonNode container(boolean list) {
        return list ? JSON.arrayNode() : JSON.objectNode();
    }
}
