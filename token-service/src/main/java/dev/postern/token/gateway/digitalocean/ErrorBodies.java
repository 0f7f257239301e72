// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Refusals in DigitalOcean's own shape, {@code {"id", "message"}}, so that its clients show them. */
final class ErrorBodies {
    private static final long MS_PER_SECOND = 1_000;
    static final String JSON = "application/json; charset=utf-8";
    /** DigitalOcean's words, of its documentation, where it has some. */
    private static final Map<Integer, String> IDS = Map.ofEntries(Map.entry(400, "bad_request"), Map.entry(401, "unauthorized"), Map.entry(403, "forbidden"),
        Map.entry(404, "not_found"), Map.entry(405, "method_not_allowed"), Map.entry(413, "payload_too_large"), Map.entry(414, "uri_too_long"),
        Map.entry(408, "request_timeout"), Map.entry(415, "unsupported_media_type"),
        Map.entry(422, "unprocessable_entity"), Map.entry(424, "failed_dependency"), Map.entry(429, "too_many_requests"), Map.entry(431, "bad_request"),
        Map.entry(500, "server_error"), Map.entry(502, "bad_gateway"), Map.entry(503, "service_unavailable"), Map.entry(504, "gateway_timeout"));
    static final String UNAUTHORIZED = "Unable to authenticate you";
    static final String REALM_TOKEN = "Unable to authenticate you: this is an access token of the realm, for Postern's services; the gateway takes"
        + " a pst_ token; fetch one at POST /access-requests/{id}/token";
    static final String NOT_FOUND = "The resource you were accessing could not be found.";

    /** Headers of a 401. */
    static final Map<String, String> BEARER = Map.of("www-authenticate", "Bearer");

    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
    private static volatile Dated dated = new Dated(0, "");

    private record Dated(long second, String text) {}

    private ErrorBodies() {}

    /** Returns the value of a Date header (RFC 9110 section 5.6.7), which is formatted once a second. */
    static String date() {
        long second = System.currentTimeMillis() / MS_PER_SECOND;
        Dated known = dated;
        if (known.second() != second) {
            known = new Dated(second, IMF_FIXDATE.format(Instant.ofEpochSecond(second)));
            dated = known;
        }
        return known.text();
    }

    /** Returns a new id of a call: a random UUID, from a source that need not be secret. */
    static String newId() {
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        return new UUID(chance.nextLong() & ~0xf000L | 0x4000L, chance.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L).toString();
    }

    static String body(int status, String message) {
        return JsonNodeFactory.instance.objectNode().put("id", IDS.getOrDefault(status, "server_error")).put("message", message).toString();
    }

    /** Returns the headers that say what a token lacks. */
    static Map<String, String> missing(Optional<String> scope, Optional<String> resource) {
        Map<String, String> headers = new LinkedHashMap<>();
        scope.ifPresent(value -> headers.put("postern-missing-scope", value));
        resource.ifPresent(value -> headers.put("postern-missing-resource", value));
        return headers;
    }

    static String phrase(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
