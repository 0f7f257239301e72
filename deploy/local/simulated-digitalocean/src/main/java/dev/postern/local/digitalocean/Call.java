package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A call on its way through the simulation.
 *
 * @param path without the query, as it came
 * @param names what the route's placeholders matched, decoded
 * @param query decoded; the first value of each name
 * @param contentType as it came, or null
 * @param body as it came, empty where there is none
 * @param account whose token it bears
 * @param nowMicros when it was taken up, in microseconds since the epoch
 * @param settings as they were at that moment
 * @param baseUrl for the links of an answer
 */
record Call(String method, String path, Map<String, String> names, Map<String, String> query, String contentType, byte[] body, CloudAccount account,
            long nowMicros, Settings settings, String baseUrl) {

    Call matched(Map<String, String> placeholders) {
        return new Call(method, path, placeholders, query, contentType, body, account, nowMicros, settings, baseUrl);
    }

    Call as(CloudAccount owner) {
        return new Call(method, path, names, query, contentType, body, owner, nowMicros, settings, baseUrl);
    }

    /** What a placeholder of the route matched. */
    String name(String placeholder) {
        return names.get(placeholder);
    }

    /** A placeholder that must be a positive integer; anything else names nothing. */
    long id(String placeholder) {
        String text = names.get(placeholder);
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw Refusal.notFound();
        }
        return Long.parseLong(text);
    }

    long delayMicros() {
        return settings.delayMicros();
    }

    /** The body as a JSON object. */
    ObjectNode json() {
        if (body.length > 0 && contentType != null && !isJson()) {
            throw new Refusal(415, "unsupported_media_type", "The content type must be application/json.");
        }
        return Json.object(body);
    }

    /** The body as a JSON object; an empty one where there is no body. */
    ObjectNode jsonOrEmpty() {
        return body.length == 0 ? Json.MAPPER.createObjectNode() : json();
    }

    private boolean isJson() {
        String type = contentType.toLowerCase(Locale.ROOT);
        return List.of("application/json", "text/json").stream().anyMatch(json -> type.equals(json) || type.startsWith(json + ";"));
    }
}
