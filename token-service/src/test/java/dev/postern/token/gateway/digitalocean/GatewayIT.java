// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessRequestId;
import dev.postern.events.ApiCalled;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.TokenSecret;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Events;
import dev.postern.token.real.Grants;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The gateway as it runs: real tokens, a real broker and a real database behind it, and the simulated DigitalOcean. */
@QuarkusTest
class GatewayIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String BASE_SHOP = "bb4b2611-3d72-467b-8602-280330ecd65c";
    private static final String BASE_BILLING = "fb6045f1-cf1d-4ca3-bfac-18832663025b";
    private static final String ONE_ADDRESS = """
        {"type": "object", "required": ["inbound_rules"], "additionalProperties": false, "properties": {"inbound_rules": {"type": "array", "minItems": 1, "maxItems": 1,
          "items": {"type": "object", "required": ["protocol", "ports", "sources"], "additionalProperties": false, "properties": {
            "protocol": {"const": "tcp"}, "ports": {"const": "443"},
            "sources": {"type": "object", "required": ["addresses"], "additionalProperties": false, "properties": {
              "addresses": {"const": ["203.0.113.7"]}}}}}}}}""";

    @Inject
    Gateway gateway;
    @Inject
    AccessRequestStore store;
    @ConfigProperty(name = "postern.accounts.acme.url")
    String cloud;
    private Grants grants;

    @BeforeEach
    void forget() throws Exception {
        grants = new Grants(store);
        HTTP.send(HttpRequest.newBuilder(URI.create(cloud + "/_simulation/calls")).DELETE().build(), HttpResponse.BodyHandlers.discarding());
    }

    @Test
    void aTokenForOneDomainDoesADnsChallengeThereAndNothingElse() throws Exception {
        String token = token(
            new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:read", "domain:create", "domain:update", "domain:delete"),
                Optional.empty()));
        HttpResponse<String> created = call(token, "POST", "/v2/domains/shop.example/records",
            "{\"type\":\"TXT\",\"name\":\"_acme-challenge\",\"data\":\"proof\",\"ttl\":60}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        String record = JSON.readTree(created.body()).at("/domain_record/id").asText();
        assertThat(call(token, "DELETE", "/v2/domains/shop.example/records/" + record, null).statusCode()).isEqualTo(204);
        long sofar = providerCalls();
        assertThat(call(token, "GET", "/v2/domains/billing.example", null).statusCode()).isEqualTo(403);
        HttpResponse<String> refused = call(token, "POST", "/v2/domains/billing.example/records", "{\"type\":\"TXT\",\"name\":\"x\",\"data\":\"y\"}");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(JSON.readTree(refused.body()).get("id").asText()).isEqualTo("forbidden");
        assertThat(refused.headers().firstValue("postern-missing-resource")).contains("do:domain:billing.example");
        assertThat(refused.headers().firstValue("postern-missing-scope")).isPresent();
        String link = refused.headers().firstValue("link").orElseThrow();
        HttpResponse<String> problem = call(null, "GET", link.replaceAll("^<http://[^/]*|>.*", ""), null);
        assertThat(JSON.readTree(problem.body()).get("rule").asText()).isEqualTo("not-granted");
        for (String path : List.of("/v2/droplets/300101", "/v2/firewalls/" + BASE_SHOP, "/v2/account", "/v2/registry")) {
            assertThat(call(token, "GET", path, null).statusCode()).as(path).isEqualTo(403);
        }
        assertThat(call(token, "POST", "/v2/domains", "{\"name\":\"new.example\"}").statusCode()).isEqualTo(403);
        assertThat(providerCalls()).isEqualTo(sofar);
    }

    @Test
    void aTokenForOneFirewallAndOneBodyAddsThatRuleAndNothingElse() throws Exception {
        Constraints constraints = new Constraints(Optional.of(List.of("POST")), Optional.of(JSON.readTree(ONE_ADDRESS)), null, null, null, null, null);
        String token = token(new DigitalOceanApi(new ResourceName("do:firewall:" + BASE_SHOP), List.of("firewall:update"), Optional.of(constraints)));
        String rules = "/v2/firewalls/" + BASE_SHOP + "/rules";
        HttpResponse<String> added = call(token, "POST", rules, rule("tcp", "443", "203.0.113.7"));
        assertThat(added.statusCode()).as(added.body()).isEqualTo(204);
        long sofar = providerCalls();
        for (String body : List.of(rule("tcp", "443", "203.0.113.8"), rule("tcp", "22", "203.0.113.7"), rule("udp", "443", "203.0.113.7"), "{}", "[]",
            "{\"outbound_rules\":[]}", rule("tcp", "443", "203.0.113.7").replace("]}}]", "],\"droplet_ids\":[300101]}}]"))) {
            assertThat(call(token, "POST", rules, body).statusCode()).as(body).isIn(400, 403);
        }
        assertThat(call(token, "DELETE", rules, rule("tcp", "443", "203.0.113.7")).statusCode()).isEqualTo(403);
        assertThat(call(token, "POST", rules.replace(BASE_SHOP, BASE_BILLING), rule("tcp", "443", "203.0.113.7")).statusCode()).isEqualTo(403);
        assertThat(call(token, "DELETE", "/v2/firewalls/" + BASE_SHOP, null).statusCode()).isEqualTo(403);
        assertThat(providerCalls()).isEqualTo(sofar);
    }

    @Test
    void aListShowsWhatTheTokenMaySee() throws Exception {
        String token = token(new DigitalOceanApi(new ResourceName("do:droplet:300102"), List.of("droplet:read"), Optional.empty()));
        JsonNode list = JSON.readTree(call(token, "GET", "/v2/droplets", null).body());
        assertThat(list.get("droplets")).hasSize(1);
        assertThat(list.at("/droplets/0/id").asLong()).isEqualTo(300_102);
        assertThat(list.at("/meta/total").asInt()).isEqualTo(1);
        assertThat(call(token, "GET", "/v2/droplets/300102", null).statusCode()).isEqualTo(200);
        assertThat(call(token, "GET", "/v2/droplets/300101", null).body()).as("said without asking the provider")
            .isEqualTo("{\"id\":\"forbidden\",\"message\":\"This token lacks droplet:read on do:droplet:300101.\"}");
    }

    @Test
    void refusalsAndWritesArePublished() throws Exception {
        AccessRequestId id = grants.grant(Duration.ofMinutes(10), new DigitalOceanApi(new ResourceName("do:domain:shop.example"),
            List.of("domain:read", "domain:create", "domain:update", "domain:delete"), Optional.empty()));
        String token = grants.collect(id).reveal();
        call(token, "POST", "/v2/domains/shop.example/records", "{\"type\":\"TXT\",\"name\":\"told\",\"data\":\"secret-body\"}");
        call(token, "DELETE", "/v2/domains/billing.example", null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Events.all(ApiCalled.class, event -> event.requestId().equals(id)))
            .extracting(event -> event.operation().orElse("") + " " + event.outcome() + " " + event.status())
            .containsExactlyInAnyOrder("domains_create_record ALLOWED 201", "domains_delete REFUSED 403"));
    }

    @Test
    void tokenOfTheRealmIsToldWhereATokenForTheGatewayIsFetched() throws Exception {
        HttpResponse<String> refused = call(Caller.PORTAL.accessToken(), "GET", "/v2/droplets", null);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
        assertThat(JSON.readTree(refused.body()).get("message").textValue()).contains("access token of the realm", "pst_", "POST /access-requests/{id}/token");
        assertThat(call("x", "GET", "/v2/droplets", null).body()).doesNotContain("realm");
    }

    @Test
    void aRevokedTokenIsDeadWithinASecond() throws Exception {
        AccessRequestId id = grants.grant(Duration.ofMinutes(10),
            new DigitalOceanApi(new ResourceName("do:droplet:300102"), List.of("droplet:read"), Optional.empty()));
        TokenSecret secret = grants.collect(id);
        assertThat(call(secret.reveal(), "GET", "/v2/droplets/300102", null).statusCode()).isEqualTo(200);
        grants.revoke(id, secret);
        await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(20))
            .until(() -> call(secret.reveal(), "GET", "/v2/droplets/300102", null).statusCode() == 401);
    }

    private String token(DigitalOceanApi detail) {
        return grants.collect(grants.grant(Duration.ofMinutes(10), detail)).reveal();
    }

    private static String rule(String protocol, String ports, String address) {
        return "{\"inbound_rules\":[{\"protocol\":\"" + protocol + "\",\"ports\":\"" + ports + "\",\"sources\":{\"addresses\":[\"" + address + "\"]}}]}";
    }

    private long providerCalls() throws Exception {
        return JSON.readTree(HTTP.send(HttpRequest.newBuilder(URI.create(cloud + "/_simulation/calls")).build(), HttpResponse.BodyHandlers.ofString()).body())
            .get("total").asLong();
    }

    private HttpResponse<String> call(String token, String method, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + gateway.port() + path)).timeout(PATIENCE)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).header("Content-Type", "application/json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
