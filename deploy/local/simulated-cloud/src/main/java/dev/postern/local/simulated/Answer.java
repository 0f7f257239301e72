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
public record Answer(int status, JsonNode body, Map<String, String> headers) {

    public static Answer ok(JsonNode body) {
        return new Answer(200, body, Map.of());
    }

    public static Answer created(JsonNode body) {
        return new Answer(201, body, Map.of());
    }

    public static Answer accepted(JsonNode body) {
        return new Answer(202, body, Map.of());
    }

    public static Answer noContent() {
        return new Answer(204, null, Map.of());
    }

    /** {@code {"<name>": content}}. */
    public static ObjectNode wrapped(String name, JsonNode content) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set(name, content);
        return body;
    }
}
