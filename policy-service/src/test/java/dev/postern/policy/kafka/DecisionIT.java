package dev.postern.policy.kafka;

import static dev.postern.policy.Asked.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.local.parts.RealParts;
import dev.postern.policy.Asked;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@QuarkusTest
@RealPolicyService
class DecisionIT {
    private static Wire wire;

    @BeforeAll
    static void connect() {
        wire = new Wire();
    }

    @AfterAll
    static void disconnect() {
        wire.close();
    }

    private static void put(String id, String text) {
        RestAssured.given().auth().oauth2(RealParts.keycloak().tokens().password("paul")).contentType("text/plain").body(text)
            .put("/policies/" + id).then().statusCode(org.hamcrest.Matchers.oneOf(200, 201));
    }

    private static AccessDecided decision(AccessRequested request) {
        return await().atMost(Duration.ofSeconds(20)).until(() -> Wire.decisions(request), found -> !found.isEmpty()).get(0);
    }

    @Test
    void a_request_delivered_twice_and_repeated_with_another_id_is_decided_once() throws Exception {
        put("portal-opens-once", "permit(principal == Portal::\"client-portal\", action == Action::\"firewall:open\", resource == Service::\"once-db\");");
        wire.send(Asked.service("once-db", 1));
        AccessRequested request = Asked.by(PORTAL, Duration.ofHours(1), Asked.opening("once-db", "5432", "203.0.113.7"));
        AccessRequested last = Asked.by(PORTAL, Duration.ofHours(1), Asked.opening("once-db", "5432", "203.0.113.8"));
        await().until(() -> {
            AccessRequested probe = Asked.by(PORTAL, Duration.ofHours(1), Asked.opening("once-db", "5432", "203.0.113.9"));
            wire.send(probe);
            return decision(probe).outcome() == AccessDecided.Decision.GRANTED;
        });

        wire.send(request);
        wire.send(request);
        wire.sendWithId(request, "another-id");
        wire.send(last);

        AccessDecided decided = decision(request);
        assertThat(decided.outcome()).isEqualTo(AccessDecided.Decision.GRANTED);
        assertThat(decided.authorizationDetails()).isEqualTo(request.authorizationDetails());
        assertThat(decided.validUntil()).contains(decided.decidedAt().plus(Duration.ofHours(1)));
        assertThat(decided.policies()).extracting(Object::toString).isEqualTo(List.of("portal-opens-once"));
        decision(last);
        assertThat(Wire.decisions(request)).hasSize(1);
    }
}
