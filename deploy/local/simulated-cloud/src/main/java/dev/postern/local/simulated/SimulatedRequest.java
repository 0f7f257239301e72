// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A call as it arrived.
 *
 * @param path without the query, as it came
 * @param names what the route's placeholders matched, decoded
 * @param query decoded; the first value of each name
 * @param contentType as it came, or null
 * @param body as it came, empty where there is none
 * @param nowMicros when it was taken up, in microseconds since the epoch
 * @param mishap what goes wrong while it is applied
 */
public record SimulatedRequest(String method, String path, Map<String, String> names, Map<String, String> query, String contentType, byte[] body,
                               long nowMicros, Mishap mishap) {

    SimulatedRequest matched(Map<String, String> placeholders) {
        return new SimulatedRequest(method, path, placeholders, query, contentType, body, nowMicros, mishap);
    }

    /** Returns the part of the path that a placeholder of the route matched. */
    public String name(String placeholder) {
        return names.get(placeholder);
    }

    /** The body as JSON of any kind. */
    public JsonNode json() {
        if (body.length > 0 && contentType != null && !isJson()) {
            throw new Refusal(415, "unsupported_media_type", "The content type must be application/json.");
        }
        return Json.read(body);
    }

    /** The body as a JSON object. */
    public ObjectNode object() {
        if (json() instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest("The request body must be a JSON object.");
    }

    /** The body as a JSON object; an empty one where there is no body. */
    public ObjectNode objectOrEmpty() {
        return body.length == 0 ? Json.MAPPER.createObjectNode() : object();
    }

    /** A part of the query that must be there. */
    public String required(String parameter) {
        String text = query.get(parameter);
        if (text == null) {
            throw Refusal.unprocessable(parameter + " is required");
        }
        return text;
    }

    /** A part of the query that must be there and be an integer from 0 on. */
    public int requiredNumber(String parameter, int most) {
        return number(required(parameter), parameter, most);
    }

    /** A part of the query that must be an integer from 0 on, if it is there. */
    public int number(String parameter, int otherwise, int most) {
        String text = query.get(parameter);
        return text == null ? otherwise : number(text, parameter, most);
    }

    private static int number(String text, String name, int most) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) > most) {
            throw Refusal.unprocessable(name + " must be an integer from 0 to " + most);
        }
        return Integer.parseInt(text);
    }

    private boolean isJson() {
        String type = contentType.toLowerCase(Locale.ROOT);
        return List.of("application/json", "text/json").stream().anyMatch(json -> type.equals(json) || type.startsWith(json + ";"));
    }
}
