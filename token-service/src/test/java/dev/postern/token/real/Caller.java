// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.RealParts;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody who calls the service over real HTTP with a real access token of Keycloak. */
public enum Caller {
    /** A portal: asks on behalf of its customers. */
    PORTAL("client-portal"),
    /** Another portal. */
    SECOND_PORTAL("second-portal"),
    /** A person who may ask. */
    RITA("rita"),
    /** The operator. */
    OLGA("olga"),
    /** An auditor: has no business here. */
    AUDREY("audrey");

    private static final Map<Caller, String> TOKENS = new ConcurrentHashMap<>();
    private final String who;

    Caller(String who) {
        this.who = who;
    }

    /** A call with this caller's access token. */
    public RequestSpecification calls() {
        return given().auth().oauth2(accessToken());
    }

    /** This caller's access token. */
    public String accessToken() {
        return TOKENS.computeIfAbsent(this, caller -> {
            KeycloakTokens tokens = RealParts.keycloak().tokens();
            return who.endsWith("portal") ? tokens.client(who) : tokens.password(who);
        });
    }

    /** Asks with this body. */
    public Response asks(String body) {
        return calls().contentType("application/json").body(body).post("/access-requests");
    }

    /** Asks for port 5432 of shop-db from {@code source}; the id of the request. */
    public String asksFor(String source) {
        Response answer = asks(opening(UUID.randomUUID().toString(), source));
        answer.then().statusCode(202);
        return answer.path("id");
    }

    /** Asks, and policy grants; the id of the request. */
    public String isGranted(String source) {
        String id = asksFor(source);
        Policy.grants(id);
        awaits(id, "granted");
        return id;
    }

    /** Collects a token; the secret. */
    public String collects(String requestId) {
        Response answer = calls().post("/access-requests/" + requestId + "/token");
        answer.then().statusCode(200);
        return answer.path("token");
    }

    /** Returns the service's answer for the request. */
    public Response sees(String requestId) {
        return calls().get("/access-requests/" + requestId);
    }

    /** Waits until the request stands so. */
    public Response awaits(String requestId, String status) {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(() -> sees(requestId),
            answer -> status.equals(answer.path("status")));
    }

    /** The body of a request for port 5432 of shop-db. */
    public static String opening(String id, String source) {
        return """
            {"id": "%s", "account": "acme", "on_behalf_of": "customer-17", "duration": "PT8H", "reason": "nightly report",
             "authorization_details": [{"type": "firewall_opening", "identifier": "service:shop-db", "protocol": "tcp", "ports": "5432",
                                        "sources": ["%s"]}]}""".formatted(id, source);
    }
}
