// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static dev.postern.token.real.Caller.AUDREY;
import static dev.postern.token.real.Caller.OLGA;
import static dev.postern.token.real.Caller.PORTAL;
import static dev.postern.token.real.Caller.SECOND_PORTAL;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import dev.postern.local.parts.RealParts;
import dev.postern.token.TokenSecret;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Events;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tokens: collect, rotate, introspect (RFC 7662), revoke (RFC 7009), and where that is (RFC 8414). */
@QuarkusTest
class TokenIT {
    private static ValidatableResponse introspects(Caller caller, String token) {
        return caller.calls().formParam("token", token).post("/oauth2/introspect").then();
    }

    private static void assertInactive(Caller caller, String token) {
        introspects(caller, token).statusCode(200).body("", equalTo(Map.of("active", false)));
    }

    private static List<TokenRevoked> revocations(String requestId) {
        return Events.all(TokenRevoked.class, event -> event.requestId().toString().equals(requestId));
    }

    @Test
    void anOwnerCollectsATokenThatIsActiveAndToldByItsDigestOnly() {
        String id = PORTAL.isGranted("203.0.113.40");
        Response collected = PORTAL.calls().post("/access-requests/" + id + "/token");
        collected.then().statusCode(200).header("Cache-Control", "no-store").body("token_type", equalTo("Bearer"))
            .body("request_id", equalTo(id)).body("valid_until", notNullValue()).body("authorization_details[0].identifier", equalTo("service:shop-db"));
        String secret = collected.path("token");
        assertThat(TokenSecret.read(secret)).isPresent();

        introspects(PORTAL, secret).statusCode(200).header("Cache-Control", "no-store")
            .body("active", equalTo(true)).body("token_type", equalTo("Bearer")).body("client_id", equalTo("client-portal"))
            .body("jti", equalTo(collected.path("token_id"))).body("exp", greaterThan((int) (System.currentTimeMillis() / 1000)))
            .body("iat", notNullValue()).body("sub", notNullValue()).body("request_id", equalTo(id)).body("account", equalTo("acme"))
            .body("authorization_details[0].sources[0]", equalTo("203.0.113.40"));
        introspects(OLGA, secret).body("active", equalTo(true));

        TokenIssued issued = Events.one(TokenIssued.class, event -> event.requestId().toString().equals(id));
        assertThat(issued.tokenDigest()).isEqualTo(TokenSecret.read(secret).orElseThrow().digest().value());
    }

    @Test
    void aCallerIsKnownAgainByTheWholeAccessTokenAndByNothingLess() {
        String secret = PORTAL.collects(PORTAL.isGranted("203.0.113.77"));
        introspects(PORTAL, secret).statusCode(200).body("active", equalTo(true));
        introspects(PORTAL, secret).statusCode(200).body("active", equalTo(true));
        String[] own = PORTAL.accessToken().split("\\.");
        String[] other = SECOND_PORTAL.accessToken().split("\\.");
        for (String tampered : List.of(own[0] + "." + own[1] + "." + other[2], other[0] + "." + other[1] + "." + own[2], own[0] + "." + own[1] + ".",
            own[0] + "." + own[1])) {
            given().auth().oauth2(tampered).formParam("token", secret).post("/oauth2/introspect").then().statusCode(401)
                .contentType("application/problem+json").body("rule", equalTo("unauthorized"));
        }
        assertInactive(SECOND_PORTAL, secret);
        introspects(PORTAL, secret).statusCode(200).body("active", equalTo(true));
    }

    @Test
    void collectingAgainRotatesAndTheEarlierSecretIsDead() {
        String id = PORTAL.isGranted("203.0.113.41");
        String first = PORTAL.collects(id);
        String second = PORTAL.collects(id);
        assertThat(second).isNotEqualTo(first);
        assertInactive(PORTAL, first);
        introspects(PORTAL, second).body("active", equalTo(true));
        assertThat(Events.one(TokenRevoked.class, event -> event.requestId().toString().equals(id)).cause()).isEqualTo(TokenRevoked.Cause.ROTATED);
    }

    @Test
    void tenCollectionsAtOnceLeaveOneLiveToken() throws Exception {
        String id = PORTAL.isGranted("203.0.113.42");
        List<String> secrets;
        try (AtOnce<String> calls = new AtOnce<>(10)) {
            secrets = calls.run(() -> PORTAL.collects(id));
        }
        long active = secrets.stream().filter(secret -> introspects(PORTAL, secret).extract().<Boolean>path("active")).count();
        assertThat(active).isEqualTo(1);
        org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(revocations(id)).hasSize(9));
    }

    @Test
    void aTokenIsNotCollectedBeforeTheGrantNorAfterADenial() {
        String id = PORTAL.asksFor("203.0.113.43");
        PORTAL.calls().post("/access-requests/" + id + "/token").then().statusCode(409).body("rule", equalTo("not-granted"))
            .body("detail", containsString("pending"));
        Policy.denies(id);
        PORTAL.awaits(id, "denied");
        PORTAL.calls().post("/access-requests/" + id + "/token").then().statusCode(409).body("detail", containsString("denied"));
        PORTAL.calls().post("/access-requests/" + UUID.randomUUID() + "/token").then().statusCode(404);
    }

    @Test
    void anOperatorSeesTheRequestAndStillCollectsNoSecret() {
        String id = PORTAL.isGranted("203.0.113.44");
        String secret = PORTAL.collects(id);
        OLGA.calls().post("/access-requests/" + id + "/token").then().statusCode(403).body("rule", equalTo("owner-only"));
        introspects(PORTAL, secret).body("active", equalTo(true));
        String seen = OLGA.sees(id).then().body("token.token_id", notNullValue()).extract().asString();
        assertThat(seen).doesNotContain("pst_");
    }

    @Test
    void theEndOfAccessKillsItsToken() {
        String id = PORTAL.isGranted("203.0.113.45");
        String secret = PORTAL.collects(id);
        PORTAL.calls().delete("/access-requests/" + id).then().statusCode(204);
        assertInactive(PORTAL, secret);
        assertThat(Events.one(TokenRevoked.class, event -> event.requestId().toString().equals(id)).cause()).isEqualTo(TokenRevoked.Cause.ENDED);
    }

    @Test
    void aRevokedTokenIsDeadAndAnotherCanBeCollected() {
        String id = PORTAL.isGranted("203.0.113.46");
        String secret = PORTAL.collects(id);
        PORTAL.calls().formParam("token", secret).formParam("token_type_hint", "access_token").post("/oauth2/revoke").then().statusCode(200);
        PORTAL.calls().formParam("token", secret).post("/oauth2/revoke").then().statusCode(200);
        assertInactive(PORTAL, secret);
        PORTAL.sees(id).then().body("status", equalTo("granted")).body("token", nullValue());
        TokenRevoked told = Events.one(TokenRevoked.class, event -> event.requestId().toString().equals(id));
        assertThat(told.cause()).isEqualTo(TokenRevoked.Cause.REVOKED);
        assertThat(told.revokedBy()).hasValueSatisfying(by -> assertThat(by.client()).isEqualTo("client-portal"));
        introspects(PORTAL, PORTAL.collects(id)).body("active", equalTo(true));
    }

    @Test
    void finderOfALeakedSecretCanRevokeItButLearnsNothing() {
        String id = PORTAL.isGranted("203.0.113.47");
        String secret = PORTAL.collects(id);
        assertInactive(SECOND_PORTAL, secret);
        introspects(PORTAL, secret).body("active", equalTo(true));
        SECOND_PORTAL.calls().formParam("token", secret).post("/oauth2/revoke").then().statusCode(200);
        assertInactive(PORTAL, secret);
        assertThat(Events.one(TokenRevoked.class, event -> event.requestId().toString().equals(id)).revokedBy())
            .as("who revoked it, and not whose it was").hasValueSatisfying(by -> assertThat(by.client()).isNotEqualTo("client-portal"));
    }

    @Test
    void unknownTokenIsInactiveAndItsRevocationSucceeds() {
        String unknown = TokenSecret.of(new byte[32]).reveal();
        for (String token : List.of(unknown, "pst_***", "x", "' or 1=1 --", "pst_" + "!".repeat(49))) {
            assertInactive(PORTAL, token);
            PORTAL.calls().formParam("token", token).post("/oauth2/revoke").then().statusCode(200);
        }
    }

    @Test
    void aFormWithoutATokenIsRefused() {
        for (String path : List.of("/oauth2/introspect", "/oauth2/revoke")) {
            PORTAL.calls().formParam("token_type_hint", "access_token").post(path).then().statusCode(400)
                .contentType("application/problem+json").body("rule", equalTo("invalid-request")).body("pointer", equalTo("/token"))
                .body("error", equalTo("invalid_request")).body("error_description", notNullValue());
            PORTAL.calls().contentType("application/x-www-form-urlencoded").body("token=%zz").post(path).then().statusCode(400);
            PORTAL.calls().contentType("application/x-www-form-urlencoded").post(path).then().statusCode(400);
            PORTAL.calls().contentType("application/json").body("{}").post(path).then().statusCode(415);
            given().formParam("token", "x").post(path).then().statusCode(401);
            AUDREY.calls().formParam("token", "x").post(path).then().statusCode(403);
        }
    }

    @Test
    void everyRefusalOfAnOAuthEndpointHasTheMembersOfRfc6749() {
        for (String path : List.of("/oauth2/introspect", "/oauth2/revoke")) {
            saysOAuthError(PORTAL.calls().contentType("application/x-www-form-urlencoded").body("token=%zz").post(path), 400, "invalid_request");
            saysOAuthError(PORTAL.calls().contentType("application/x-www-form-urlencoded").body("token=a&token=b").post(path), 400, "invalid_request");
            saysOAuthError(PORTAL.calls().formParam("token", "x").post(path + "?token=x"), 400, "invalid_request");
            saysOAuthError(PORTAL.calls().contentType("application/json").body("{}").post(path), 415, "invalid_request");
            saysOAuthError(PORTAL.calls().contentType("nonsense").body("token=x".getBytes(StandardCharsets.US_ASCII)).post(path), 415, "invalid_request");
            saysOAuthError(PORTAL.calls().get(path), 405, "invalid_request").then().header("Allow", containsString("POST"));
            saysOAuthError(AUDREY.calls().formParam("token", "x").post(path), 403, "unauthorized_client");
            saysOAuthError(given().formParam("token", "x").post(path), 401, "invalid_client").then().header("WWW-Authenticate", containsString("Bearer"));
            for (String bad : List.of("x.y.z", "...", "pst_***", PORTAL.accessToken() + "x")) {
                saysOAuthError(given().auth().oauth2(bad).formParam("token", "x").post(path), 401, "invalid_token").then()
                    .header("WWW-Authenticate", containsString("Bearer"));
            }
        }
        saysOAuthError(PORTAL.calls().get("/oauth2/nothing"), 404, "invalid_request");
        PORTAL.calls().get("/access-requests/nothing").then().statusCode(404).body("error", nullValue());
    }

    private static Response saysOAuthError(Response refused, int status, String error) {
        refused.then().statusCode(status).contentType("application/problem+json").body("error", equalTo(error)).body("error_description", notNullValue())
            .body("rule", notNullValue());
        return refused;
    }

    @Test
    void theMetadataIsPublicAndNamesWhatIsThere() {
        Response metadata = given().get("/.well-known/oauth-authorization-server");
        metadata.then().statusCode(200).body("introspection_endpoint", endsWith("/oauth2/introspect"))
            .body("revocation_endpoint", endsWith("/oauth2/revoke")).body("revocation_endpoint_auth_methods_supported", equalTo(List.of("Bearer")))
            .body("token_endpoint", nullValue())
            .body("authorization_details_types_supported", equalTo(List.of("firewall_opening", "digitalocean_api", "container_registry")));
        assertThat(metadata.<String>path("introspection_endpoint")).startsWith(metadata.<String>path("issuer"));
    }

    @Test
    void noTableAndNoTopicHoldsASecret() throws Exception {
        String id = PORTAL.isGranted("203.0.113.48");
        String secret = PORTAL.collects(id);
        Events.one(TokenIssued.class, event -> event.requestId().toString().equals(id));
        String body = secret.substring("pst_".length());
        assertThat(Events.records()).noneMatch(record -> record.value() != null && new String(record.value(), StandardCharsets.UTF_8).contains(body));
        try (Connection connection = RealParts.postgres().superuser("token").connect(); Statement statement = connection.createStatement()) {
            for (String table : List.of("access_request", "outbox", "inbox")) {
                String text = table.equals("outbox") ? "convert_from(t.payload, 'UTF8')" : "t::text";
                try (ResultSet rows = statement.executeQuery("select count(*) from " + table + " t where " + text + " like '%" + body + "%'")) {
                    rows.next();
                    assertThat(rows.getLong(1)).as(table).isZero();
                }
            }
        }
    }
}
