// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Looks at the provider as only its own customer can: with the account's credential. */
public final class Provider {
    private final Caller caller;
    private final String url;

    /** The provider's API at a base URL. */
    public Provider(Caller caller, String url) {
        this.caller = caller;
        this.url = url;
    }

    /** Every address that Postern's firewall objects of a service let in at a port, as often as it stands there. */
    public List<String> letIn(String service, String port) {
        List<String> sources = new ArrayList<>();
        for (int page = 1;; page++) {
            JsonNode answer = caller.get(url + "/v2/firewalls?per_page=200&page=" + page).expect(200).json();
            for (JsonNode firewall : answer.path("firewalls")) {
                if (firewall.path("name").asText().matches("postern-" + service + "-\\d+")) {
                    for (JsonNode rule : firewall.path("inbound_rules")) {
                        if (port.equals(rule.path("ports").asText())) {
                            rule.path("sources").path("addresses").forEach(address -> sources.add(address.asText().replaceFirst("/(32|128)$", "")));
                        }
                    }
                }
            }
            if (!answer.path("links").path("pages").has("next")) {
                return sources;
            }
        }
    }
}
