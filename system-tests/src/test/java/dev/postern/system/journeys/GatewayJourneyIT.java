// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.LocalStack;
import dev.postern.system.SharedStack;
import dev.postern.system.actors.ServiceResponse;
import dev.postern.system.actors.Caller;
import dev.postern.system.actors.Cast;
import dev.postern.system.actors.ClientPortal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program with a token for one resource calls the provider's own API, at the gateway's address: what it was given works, and nothing else does. */
@ExtendWith(SharedStack.class)
class GatewayJourneyIT {
    private static final String ACCOUNT = "acme";
    private static final String HTTPS_FOR_ONE_ADDRESS = """
        {"methods": ["POST"], "body_schema": {
          "type": "object", "additionalProperties": false, "required": ["inbound_rules"],
          "properties": {"inbound_rules": {"type": "array", "minItems": 1, "maxItems": 1, "items": {
            "type": "object", "additionalProperties": false, "required": ["protocol", "ports", "sources"],
            "properties": {"protocol": {"const": "tcp"}, "ports": {"const": "443"},
              "sources": {"type": "object", "additionalProperties": false, "required": ["addresses"],
                "properties": {"addresses": {"const": ["203.0.113.7"]}}}}}}}}}""";

    @Test
    void aTokenForOneDomainAnswersADnsChallengeThereAndDoesNothingElse(LocalStack stack) {
        Cast cast = Cast.of(stack);
        Caller certificates = holder(cast, "do:domain:shop.example", List.of("domain:read", "domain:update"), Optional.empty());
        String api = stack.gatewayUrl() + "/v2";

        ServiceResponse made = certificates.post(api + "/domains/shop.example/records", txt("_acme-challenge", "a-proof")).expect(201);
        String record = api + "/domains/shop.example/records/" + made.json().path("domain_record").path("id").asText();
        assertThat(certificates.get(api + "/domains/shop.example/records?type=TXT&name=_acme-challenge.shop.example").expect(200).json()
            .path("domain_records").path(0).path("data").asText()).isEqualTo("a-proof");
        certificates.delete(record).expect(204);

        JsonNode domains = certificates.get(api + "/domains").expect(200).json();
        assertThat(domains.path("domains")).hasSize(1);
        assertThat(domains.path("domains").path(0).path("name").asText()).isEqualTo("shop.example");
        assertThat(domains.path("meta").path("total").asInt()).isEqualTo(1);

        assertRefused(certificates.get(api + "/domains/billing.example"), "domain:read", "do:domain:billing.example");
        assertRefused(certificates.post(api + "/domains/billing.example/records", txt("_acme-challenge", "a-proof")), "domain:create|domain:update",
            "do:domain:billing.example");
        assertRefused(certificates.delete(api + "/domains/shop.example"), "domain:delete", "do:domain:shop.example");
        assertRefused(certificates.post(api + "/domains", "{\"name\": \"mine.example\"}"), "domain:create", "do:domain:mine.example");
        assertRefused(certificates.get(api + "/account"), "account:read", "do:account:*");
        assertThat(certificates.get(api + "/droplets").expect(403).headers().firstValue("postern-missing-scope")).hasValue("droplet:read");
        assertThat(owner(stack).get(stack.cloudUrl() + "/v2/domains/billing.example/records").expect(200).json().path("domain_records"))
            .as("records of the other domain").hasSize(3);
    }

    @Test
    void aTokenForOneFirewallAddsHttpsForOneAddressAndDoesNothingElse(LocalStack stack) {
        Cast cast = Cast.of(stack);
        String firewall = firewall(stack, "base-shop");
        String other = firewall(stack, "base-billing");
        cast.author().put("journey-one-firewall", """
            permit (principal == Portal::"client-portal", action == Action::"firewall:update", resource == Resource::"do:firewall:%s")
                when { resource in Account::"acme" };""".formatted(firewall));
        Caller opener = holder(cast, "do:firewall:" + firewall, List.of("firewall:update"), Optional.of(HTTPS_FOR_ONE_ADDRESS));
        String rules = stack.gatewayUrl() + "/v2/firewalls/" + firewall + "/rules";

        opener.post(rules, rule("tcp", "443", "203.0.113.7")).expect(204);

        assertRefused(opener.post(rules, rule("tcp", "22", "203.0.113.7")), "firewall:update", "do:firewall:" + firewall);
        assertRefused(opener.post(rules, rule("udp", "443", "203.0.113.7")), "firewall:update", "do:firewall:" + firewall);
        assertRefused(opener.post(rules, rule("tcp", "443", "0.0.0.0/0")), "firewall:update", "do:firewall:" + firewall);
        opener.post(rules, "{\"inbound_rules\": [], \"inbound_rules\": []}").expect(400);
        assertRefused(opener.delete(stack.gatewayUrl() + "/v2/firewalls/" + firewall), "firewall:delete", "do:firewall:" + firewall);
        assertRefused(opener.post(stack.gatewayUrl() + "/v2/firewalls/" + other + "/rules", rule("tcp", "443", "203.0.113.7")), "firewall:update",
            "do:firewall:" + other);
        assertRefused(opener.get(stack.gatewayUrl() + "/v2/firewalls/" + firewall), "firewall:read", "do:firewall:" + firewall);

        JsonNode inbound = owner(stack).get(stack.cloudUrl() + "/v2/firewalls/" + firewall).expect(200).json().path("firewall").path("inbound_rules");
        assertThat(inbound).hasSize(2);
        assertThat(inbound.findValuesAsText("ports")).containsExactlyInAnyOrder("22", "443");
        assertThat(owner(stack).get(stack.cloudUrl() + "/v2/firewalls/" + other).expect(200).json().path("firewall").path("inbound_rules")).hasSize(1);
    }

    /** Somebody who asked, was granted, and holds the token. */
    private static Caller holder(Cast cast, String resource, List<String> scopes, Optional<String> constraints) {
        UUID id = UUID.randomUUID();
        ServiceResponse answer = cast.portal().ask(ClientPortal.apiCalls(id, ACCOUNT, resource, scopes, constraints, Duration.ofHours(1)), "prefer", "wait=30");
        assertThat(answer.json().path("status").asText()).as(answer.json().toString()).isEqualTo("granted");
        String secret = cast.portal().collect(id).expect(200, 201).json().path("token").asText();
        return new Caller(() -> secret);
    }

    private static void assertRefused(ServiceResponse answer, String scope, String resource) {
        answer.expect(403);
        assertThat(answer.json().path("id").asText()).isEqualTo("forbidden");
        assertThat(answer.headers().firstValue("postern-missing-scope")).hasValue(scope);
        assertThat(answer.headers().firstValue("postern-missing-resource")).hasValue(resource);
    }

    private static Caller owner(LocalStack stack) {
        return new Caller(() -> stack.settings().cloud().token());
    }

    private static String firewall(LocalStack stack, String name) {
        for (JsonNode firewall : owner(stack).get(stack.cloudUrl() + "/v2/firewalls?per_page=200").expect(200).json().path("firewalls")) {
            if (name.equals(firewall.path("name").asText())) {
                return firewall.path("id").asText();
            }
        }
        throw new AssertionError("no firewall " + name);
    }

    private static String txt(String name, String data) {
        return "{\"type\": \"TXT\", \"name\": \"%s\", \"data\": \"%s\", \"ttl\": 60}".formatted(name, data);
    }

    private static String rule(String protocol, String ports, String source) {
        return "{\"inbound_rules\": [{\"protocol\": \"%s\", \"ports\": \"%s\", \"sources\": {\"addresses\": [\"%s\"]}}]}"
            .formatted(protocol, ports, source);
    }
}
