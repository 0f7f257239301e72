// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static dev.postern.token.real.Caller.PORTAL;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.postern.events.AccessRequested;
import dev.postern.local.parts.Part;
import dev.postern.local.parts.RealParts;
import dev.postern.token.TokenSecret;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Events;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Dependencies of the service fail and recover; nobody restarts the service. */
@QuarkusTest
class OutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Takes the part away until a request is refused, brings it back, and asks the same until it is taken in: the id of the request. */
    private static String askedThrough(Part part, String source) {
        String body = Caller.opening(UUID.randomUUID().toString(), source);
        String before = PORTAL.asksFor("203.0.113.100");
        part.stop();
        try {
            Response refused = await().atMost(PATIENCE).until(() -> PORTAL.asks(body), answer -> answer.statusCode() == 503);
            refused.then().contentType("application/problem+json").header("Retry-After", notNullValue()).body("rule", equalTo("unavailable"));
            await().atMost(PATIENCE).until(() -> given().get("/q/health/ready").statusCode() == 503);
            PORTAL.calls().formParam("token", TokenSecret.of(new byte[32]).reveal()).post("/oauth2/revoke").then().statusCode(503)
                .header("Retry-After", notNullValue())
                .body("error", equalTo("temporarily_unavailable")).body("error_description", notNullValue()).body("rule", equalTo("unavailable"));
            assertThat(given().get("/q/health/live").statusCode()).isEqualTo(200);
        } finally {
            part.start();
        }
        Response taken = await().atMost(PATIENCE).until(() -> PORTAL.asks(body), answer -> answer.statusCode() < 300);
        await().atMost(PATIENCE).until(() -> given().get("/q/health/ready").statusCode() == 200);
        PORTAL.sees(before).then().statusCode(200);
        return taken.path("id");
    }

    private static void assertGoesOn(String id) {
        Policy.grants(id);
        PORTAL.awaits(id, "granted");
        assertThat(PORTAL.collects(id)).startsWith("pst_");
        assertThat(Events.all(AccessRequested.class, event -> event.requestId().toString().equals(id))).hasSize(1);
    }

    @Test
    void whileKafkaIsAwayNothingIsTakenInAndAfterwardsAllGoesOn() {
        assertGoesOn(askedThrough(RealParts.kafka(), "203.0.113.101"));
    }

    @Test
    void whilePostgresIsAwayNothingIsTakenInAndAfterwardsAllGoesOn() {
        assertGoesOn(askedThrough(RealParts.postgres(), "203.0.113.102"));
    }
}
