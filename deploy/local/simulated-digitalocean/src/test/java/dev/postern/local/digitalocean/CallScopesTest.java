// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.local.digitalocean.document.OfficialDocument;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A token with limited scopes is answered with 403 where one is missing, before anything else of the call is judged. */
class CallScopesTest {
    private static final String NO_FIREWALL = "/v2/firewalls/00000000-0000-0000-0000-000000000000";

    @Test
    void missingScopeIsForbiddenBeforeObjectAndBodyAreJudged() {
        try (SimulatedDigitalOcean simulation = SimulatedDigitalOcean.start(0, Settings.forTests())) {
            Client client = new Client(simulation);
            client.expect(404, "PUT", NO_FIREWALL, "{}");
            client.expect(422, "POST", "/v2/firewalls", "{}");
            client.expect(404, "DELETE", NO_FIREWALL, null);

            simulation.change(settings -> settings.withScopes(simulation.token(), Set.of("firewall:read", "firewall:update")));
            client.expect(200, "GET", "/v2/firewalls", null);
            client.expect(404, "PUT", NO_FIREWALL, "{}");
            assertThat(client.expect(403, "POST", "/v2/firewalls", "{}").errorId()).isEqualTo("Forbidden");
            client.expect(403, "DELETE", NO_FIREWALL, null);
            client.expect(403, "GET", "/v2/droplets", null);
            client.expect(403, "GET", "/v2/domains", null);

            simulation.change(Settings::withEveryScope);
            client.expect(200, "GET", "/v2/domains", null);
        }
    }

    @Test
    void scopesAreThoseOfTheOfficialDocument() throws IOException {
        assumeTrue(OfficialDocument.isThere(), OfficialDocument::absent);
        JsonNode paths = new ObjectMapper().readTree(OfficialDocument.expectedAt().toFile()).path("paths");
        CallScopes.byOperation().forEach((operation, scope) -> {
            String[] parts = operation.split(" ");
            JsonNode scopes = paths.path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT)).at("/security/0/bearer_auth");
            assertThat(scopes).as(operation).extracting(JsonNode::asText).contains(scope);
        });
    }
}
