// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.LocalStack;
import dev.postern.system.SharedStack;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A service behind a WAF rule at Cloudflare: who is granted access is on the service's list, and off it when access ends. */
@ExtendWith(SharedStack.class)
class CloudflareJourneyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SERVICE = "journey-web";
    private static final String LIST = "postern_journey_web";

    @Test
    void anAddressIsOnTheListOfItsServiceAsLongAsItsGrantLasts(LocalStack stack) {
        Cast cast = Cast.of(stack);
        cast.operator().protectAtTheEdge(SERVICE, "443");
        await("the list, to which the operator's rule refers").atMost(PATIENCE).untilAsserted(() -> assertThat(cast.edge().list(LIST)).hasValue(List.of()));
        cast.author().put("journey-cloudflare", """
            permit (principal == Portal::"client-portal", action == Action::"firewall:open", resource == Service::"%s")
                when { resource in Account::"%s" };""".formatted(SERVICE, LocalStack.EDGE));
        cast.operator().awaitKnown(cast.portal(), LocalStack.EDGE, SERVICE, "443", "198.51.100.250");

        UUID grant = granted(cast, "203.0.113.7");
        awaitState(cast, grant, "open");
        assertThat(cast.edge().list(LIST)).hasValueSatisfying(list -> assertThat(list).contains("203.0.113.7"));

        UUID narrow = granted(cast, "2001:db8::7");
        awaitState(cast, narrow, "failed");
        assertThat(opening(cast, narrow).path("detail").asText()).as("a list could only hold its /64").startsWith("source-too-narrow");

        cast.portal().end(grant).expect(204);
        awaitState(cast, grant, "closed");
        await("an empty list stays for the rule").atMost(PATIENCE).untilAsserted(() -> assertThat(cast.edge().list(LIST)).hasValue(List.of()));
    }

    private static UUID granted(Cast cast, String source) {
        UUID id = UUID.randomUUID();
        JsonNode answer = cast.portal().ask(ClientPortal.opening(id, LocalStack.EDGE, SERVICE, "443", source, Duration.ofHours(1)), "prefer", "wait=20").json();
        assertThat(answer.path("status").asText()).as(answer.toString()).isEqualTo("granted");
        return id;
    }

    private static void awaitState(Cast cast, UUID grant, String state) {
        await(grant + " " + state).atMost(PATIENCE).untilAsserted(() -> assertThat(opening(cast, grant).path("state").asText()).isEqualTo(state));
    }

    private static JsonNode opening(Cast cast, UUID grant) {
        return cast.portal().look(grant).json().path("openings").path(0);
    }
}
