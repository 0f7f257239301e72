// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Response of a simulated provider.
 *
 * @param body JSON, or null where the answer has none (204)
 * @param headers beyond those that every answer has; names in lower case
 */
public record SimulatedResponse(int status, JsonNode body, Map<String, String> headers) {

    public static SimulatedResponse ok(JsonNode body) {
        return new SimulatedResponse(200, body, Map.of());
    }

    public static SimulatedResponse created(JsonNode body) {
        return new SimulatedResponse(201, body, Map.of());
    }

    public static SimulatedResponse accepted(JsonNode body) {
        return new SimulatedResponse(202, body, Map.of());
    }

    public static SimulatedResponse noContent() {
        return new SimulatedResponse(204, null, Map.of());
    }

    /** {@code {"<name>": content}}. */
    public static ObjectNode wrapped(String name, JsonNode content) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set(name, content);
        return body;
    }
}
