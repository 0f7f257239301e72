// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.EventJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A company's web application: asks on behalf of its customers that their addresses be let in. */
public final class ClientPortal {
    private final Caller caller;
    private final String tokenService;

    /** A portal that calls token-service at a base URL. */
    public ClientPortal(Caller caller, String tokenService) {
        this.caller = caller;
        this.tokenService = tokenService;
    }

    /** The body of a request for an opening of one port to one address. */
    public static ObjectNode opening(UUID id, String account, String service, String port, String source, Duration duration) {
        ObjectNode body = EventJson.mapper().createObjectNode();
        body.put("id", id.toString()).put("account", account).put("on_behalf_of", "customer-" + source).put("duration", duration.toString());
        ArrayNode details = body.putArray("authorization_details");
        ObjectNode detail = details.addObject();
        detail.put("type", "firewall_opening").put("identifier", "service:" + service).put("protocol", "tcp").put("ports", port);
        List.of(source).forEach(detail.putArray("sources")::add);
        return body;
    }

    /** The body of a request for calls of the DigitalOcean API on one resource. @param constraints as JSON, where there are any */
    public static ObjectNode apiCalls(UUID id, String account, String resource, List<String> scopes, Optional<String> constraints,
                                      Duration duration) {
        ObjectNode body = EventJson.mapper().createObjectNode();
        body.put("id", id.toString()).put("account", account).put("duration", duration.toString());
        ObjectNode detail = body.putArray("authorization_details").addObject();
        detail.put("type", "digitalocean_api").put("identifier", resource);
        scopes.forEach(detail.putArray("actions")::add);
        if (constraints.isPresent()) {
            try {
                detail.set("constraints", EventJson.mapper().readTree(constraints.get()));
            } catch (JsonProcessingException noJson) {
                throw new IllegalArgumentException(noJson);
            }
        }
        return body;
    }

    /** Asks. */
    public ServiceResponse ask(JsonNode body, String... headers) {
        return caller.post(tokenService + "/access-requests", body.toString(), headers);
    }

    /** Looks at a request. */
    public ServiceResponse look(UUID id, String... headers) {
        return caller.get(tokenService + "/access-requests/" + id, headers);
    }

    /** Ends a request. */
    public ServiceResponse end(UUID id) {
        return caller.delete(tokenService + "/access-requests/" + id);
    }

    /** Collects the token of a grant. */
    public ServiceResponse collect(UUID id) {
        return caller.post(tokenService + "/access-requests/" + id + "/token", "");
    }
}
