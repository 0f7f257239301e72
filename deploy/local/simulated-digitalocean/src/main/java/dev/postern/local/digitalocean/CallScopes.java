// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import java.util.Map;
import java.util.Optional;

/** The scope that an operation demands of a token: those of firewalls and of what is read around them, as the official document's {@code security} says. */
final class CallScopes {
    private static final Map<String, String> BY_OPERATION = Map.ofEntries(
        Map.entry("GET /v2/account", "account:read"),
        Map.entry("GET /v2/tags", "tag:read"),
        Map.entry("GET /v2/droplets", "droplet:read"),
        Map.entry("GET /v2/firewalls", "firewall:read"),
        Map.entry("POST /v2/firewalls", "firewall:create"),
        Map.entry("GET /v2/firewalls/{firewall_id}", "firewall:read"),
        Map.entry("PUT /v2/firewalls/{firewall_id}", "firewall:update"),
        Map.entry("DELETE /v2/firewalls/{firewall_id}", "firewall:delete"),
        Map.entry("POST /v2/firewalls/{firewall_id}/droplets", "firewall:update"),
        Map.entry("DELETE /v2/firewalls/{firewall_id}/droplets", "firewall:update"),
        Map.entry("POST /v2/firewalls/{firewall_id}/tags", "firewall:update"),
        Map.entry("DELETE /v2/firewalls/{firewall_id}/tags", "firewall:update"),
        Map.entry("POST /v2/firewalls/{firewall_id}/rules", "firewall:update"),
        Map.entry("DELETE /v2/firewalls/{firewall_id}/rules", "firewall:update"));

    private CallScopes() {
    }

    /** Returns the scope that the call demands; empty for operations that are not listed, which no token with limited scopes may call. */
    static Optional<String> needed(String method, String path) {
        return Optional.ofNullable(BY_OPERATION.get(method + " " + path.replaceFirst("^/v2/firewalls/[^/]+", "/v2/firewalls/{firewall_id}")));
    }

    /** Every operation that is listed, with its scope. */
    static Map<String, String> byOperation() {
        return BY_OPERATION;
    }
}
