// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Refusal;
import java.util.Map;

/** The JSON object around every answer of Cloudflare's API. */
final class Envelope {
    private static final int OWN_CODES_FROM = 10_000;

    private Envelope() {
    }

    static SimulatedResponse of(JsonNode result) {
        return SimulatedResponse.ok(body(result));
    }

    static ObjectNode body(JsonNode result) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("success", true);
        body.putArray("errors");
        body.putArray("messages");
        body.set("result", result);
        return body;
    }

    static SimulatedResponse of(Refusal refusal) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("success", false);
        body.putArray("errors").addObject().put("code", code(refusal)).put("message", refusal.getMessage());
        body.putArray("messages");
        body.putNull("result");
        return new SimulatedResponse(refusal.status(), body, Map.of());
    }

    private static int code(Refusal refusal) {
        return refusal.code().chars().allMatch(letter -> letter >= '0' && letter <= '9') ? Integer.parseInt(refusal.code()) : OWN_CODES_FROM + refusal.status();
    }
}
