// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.token.operation.Match;
import dev.postern.token.operation.Operations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls and grants of the tests. */
final class Calls {
    static final Operations OPERATIONS = Operations.bundled();
    static final AuthorizeCall AUTHORIZE = new AuthorizeCall(OPERATIONS);
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final Instant LATER = NOON.plusSeconds(3600);
    static final SourceAddress CALLER = new SourceAddress("198.51.100.7");
    static final ObjectMapper JSON = new ObjectMapper();

    private Calls() {}

    /** {@code GET /v2/droplets?tag_name=shop}, matched by the table. */
    static ApiCall call(String method, String target, String body) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (mark >= 0) {
            for (String pair : target.substring(mark + 1).split("&")) {
                query.computeIfAbsent(pair.split("=")[0], name -> new ArrayList<>()).add(pair.contains("=") ? pair.substring(pair.indexOf('=') + 1) : "");
            }
        }
        Match match = OPERATIONS.match(method, List.of(path.substring(1).split("/")));
        if (!(match instanceof Match.Found found)) {
            throw new AssertionError(method + " " + target + " is " + match);
        }
        return new ApiCall(found.operation(), method, found.parameters(), query, Optional.ofNullable(body).map(Calls::json), CALLER);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    /** {@code do:droplet:1 droplet:read,droplet:update}, with constraints in JSON behind a further blank. */
    static DigitalOceanApi entry(String text) {
        String[] parts = text.split(" ", 3);
        return new DigitalOceanApi(new ResourceName(parts[0]), List.of(parts[1].split(",")),
            parts.length == 3 ? Optional.of(constraints(parts[2])) : Optional.empty());
    }

    private static Constraints constraints(String text) {
        try {
            return dev.postern.events.EventJson.mapper().readValue(text, Constraints.class);
        } catch (JsonProcessingException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    static CallGrant grant(String... entries) {
        return CallGrant.of(List.of(entries).stream().map(Calls::entry).toList(), LATER, Map.of());
    }

    static CallVerdict decide(String method, String target, String body, String... entries) {
        return AUTHORIZE.decide(call(method, target, body), grant(entries), NOON);
    }

    static AnswerFilter filter(CallVerdict verdict) {
        return ((CallVerdict.AllowedFiltered) verdict).filter();
    }
}
