package dev.postern.token.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Refusals in DigitalOcean's own shape, {@code {"id", "message"}}, so that its clients show them. */
final class Answers {
    static final String JSON = "application/json; charset=utf-8";
    /** DigitalOcean's words, of its documentation, where it has some. */
    private static final Map<Integer, String> IDS = Map.ofEntries(Map.entry(400, "bad_request"), Map.entry(401, "unauthorized"), Map.entry(403, "forbidden"),
        Map.entry(404, "not_found"), Map.entry(405, "method_not_allowed"), Map.entry(413, "payload_too_large"), Map.entry(414, "uri_too_long"),
        Map.entry(415, "unsupported_media_type"), Map.entry(422, "unprocessable_entity"), Map.entry(429, "too_many_requests"), Map.entry(431, "bad_request"),
        Map.entry(500, "server_error"), Map.entry(502, "bad_gateway"), Map.entry(503, "service_unavailable"), Map.entry(504, "gateway_timeout"));
    static final String UNAUTHORIZED = "Unable to authenticate you";
    static final String REALM_TOKEN = "Unable to authenticate you: this is an access token of the realm, for Postern's services; the gateway takes a token that"
        + " was collected at POST /access-requests/{id}/token";
    static final String NOT_FOUND = "The resource you were accessing could not be found.";

    private Answers() { }

    static String body(int status, String message) {
        return JsonNodeFactory.instance.objectNode().put("id", IDS.getOrDefault(status, "server_error")).put("message", message).toString();
    }

    static String phrase(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
