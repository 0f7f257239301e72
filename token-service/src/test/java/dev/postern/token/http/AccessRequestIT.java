package dev.postern.token.http;

import static dev.postern.token.real.Caller.OLGA;
import static dev.postern.token.real.Caller.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

import dev.postern.local.parts.RealPartsResource;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Policy;
import dev.postern.token.real.TokenTopics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Requests for access over HTTP, on a real broker, a real database and a real Keycloak. */
@QuarkusTest
@QuarkusTestResource(value = RealPartsResource.class, initArgs = {
    @ResourceArg(name = "database", value = "token"), @ResourceArg(name = "keycloak", value = "true"),
    @ResourceArg(name = "topics", value = TokenTopics.ALL)})
class AccessRequestIT {
    @Test
    void aRequestIsTakenInGrantedAndItsTokenCollectedByItsOwner() {
        String id = UUID.randomUUID().toString();
        PORTAL.asks(Caller.opening(id, "203.0.113.7")).then().statusCode(202)
            .header("Location", endsWith("/access-requests/" + id)).body("status", equalTo("pending")).body("id", equalTo(id));

        Policy.grants(id);
        PORTAL.awaits(id, "granted").then().statusCode(200)
            .body("decision.outcome", equalTo("granted")).body("decision.policies[0]", equalTo("portal-opens-databases"))
            .body("openings[0].state", equalTo("opening")).body("openings[0].source", equalTo("203.0.113.7"));

        assertThat(PORTAL.collects(id)).matches("pst_[0-9A-Za-z]{49}");
        OLGA.sees(id).then().statusCode(200).body("token.token_id", org.hamcrest.Matchers.notNullValue());
    }
}
