package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;

/**
 * What a call is answered.
 *
 * @param body JSON, or null where the answer has none (204)
 * @param headers beyond those that every answer has
 */
record Answer(int status, JsonNode body, Map<String, String> headers) {

    static Answer ok(JsonNode body) {
        return new Answer(200, body, Map.of());
    }

    static Answer created(JsonNode body) {
        return new Answer(201, body, Map.of());
    }

    static Answer accepted(JsonNode body) {
        return new Answer(202, body, Map.of());
    }

    static Answer noContent() {
        return new Answer(204, null, Map.of());
    }

    static Answer refusing(Refusal refusal) {
        return refusing(refusal, Map.of());
    }

    static Answer refusing(Refusal refusal, Map<String, String> headers) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("id", refusal.id()).put("message", refusal.getMessage()).put("request_id", UUID.randomUUID().toString());
        return new Answer(refusal.status(), body, headers);
    }

    /** {@code {"<name>": content}}: how DigitalOcean wraps every single object. */
    static ObjectNode wrapped(String name, JsonNode content) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set(name, content);
        return body;
    }
}
