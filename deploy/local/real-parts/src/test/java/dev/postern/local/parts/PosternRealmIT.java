// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The realm file, asked of a Keycloak that imported it. */
class PosternRealmIT {
    private static final List<String> SERVICES = List.of("token-service", "policy-service", "firewall-sync-service", "audit-service");
    private static final List<String> PEOPLE = List.of("olga", "paul", "anna", "audrey", "rita");
    private static final Set<String> ROLES = Set.of("requester", "approver", "policy-author", "operator", "auditor");
    private final KeycloakTokens tokens = RealParts.keycloak().tokens();

    @ParameterizedTest
    @CsvSource({"olga,operator requester", "paul,policy-author", "anna,approver", "audrey,auditor", "rita,requester"})
    void aPersonsTokenSaysWhoWithWhichRolesThroughWhichClientToWhom(String person, String roles) throws IOException {
        JsonNode claims = claims(tokens.password(person));
        assertEquals(person, claims.path("preferred_username").asText());
        assertEquals(new TreeSet<>(List.of(roles.split(" "))), rolesIn(claims));
        assertEquals(KeycloakTokens.CONSOLE, claims.path("azp").asText());
        assertEveryServiceIsAddressed(claims);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client-portal", "second-portal"})
    void aPortalsTokenSaysWhichPortalAndThatItMayAsk(String portal) throws IOException {
        JsonNode claims = claims(tokens.client(portal));
        assertEquals(portal, claims.path("azp").asText());
        assertEquals(portal, claims.path("client_id").asText());
        assertEquals(Set.of("requester"), rolesIn(claims));
        assertEveryServiceIsAddressed(claims);
    }

    private static void assertEveryServiceIsAddressed(JsonNode claims) {
        Set<String> audiences = new HashSet<>();
        claims.path("aud").forEach(audience -> audiences.add(audience.asText()));
        assertTrue(audiences.containsAll(SERVICES), audiences.toString());
        assertFalse(claims.path("sub").asText().isBlank());
        assertEquals(600, claims.path("exp").asLong() - claims.path("iat").asLong());
        assertEquals(RealParts.keycloak().issuer(), claims.path("iss").asText());
    }

    @Test
    void subjectsAreTheSameOnEveryMachine() throws IOException {
        assertEquals("59cc1a3c-1262-51b5-92e6-8b5bbf69d222", claims(tokens.password("rita")).path("sub").asText());
        assertEquals("45f3ece0-3265-599c-a9bf-2d3d0c837d5d", claims(tokens.client("client-portal")).path("sub").asText());
    }

    @Test
    void subjectsSurviveARestart() throws IOException {
        String before = claims(tokens.password("rita")).path("sub").asText();
        RealParts.keycloak().restart();
        assertEquals(before, claims(tokens.password("rita")).path("sub").asText());
    }

    @Test
    void readingPoliciesIsForThoseWhoWriteOperateOrAuditAndWritingForAuthors() {
        assertPermitted("policy-service", "policies", "GET", Set.of("paul", "olga", "audrey"));
        assertPermitted("policy-service", "policies", "PUT", Set.of("paul"));
        assertPermitted("policy-service", "policies", "DELETE", Set.of("paul"));
        assertPermitted("policy-service", "explanations", "POST", Set.of("paul"));
    }

    @Test
    void approvingIsForApprovers() {
        assertPermitted("policy-service", "approvals", "GET", Set.of("anna"));
        assertPermitted("policy-service", "approvals", "POST", Set.of("anna"));
    }

    @Test
    void protectedServicesAreForOperatorsAndAuditorsReadThem() {
        assertPermitted("firewall-sync-service", "services", "GET", Set.of("olga", "audrey"));
        assertPermitted("firewall-sync-service", "services", "PUT", Set.of("olga"));
        assertPermitted("firewall-sync-service", "services", "DELETE", Set.of("olga"));
        assertPermitted("firewall-sync-service", "reconciliation", "GET", Set.of("olga", "audrey"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"entries", "checkpoint", "stream", "consistency", "access"})
    void theAuditLogIsForAuditorsAndOperators(String resource) {
        assertPermitted("audit-service", resource, "GET", Set.of("olga", "audrey"));
    }

    /** The policy enforcer of a service reads paths and scopes from Keycloak, with the service's own account. */
    @ParameterizedTest
    @CsvSource({"policy-service,/policies/portals,policies", "firewall-sync-service,/services/shop-db,services", "audit-service,/entries/1,entries"})
    void aResourceServerFindsItsResourcesByPath(String service, String path, String resource) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(RealParts.keycloak().issuer() + "/authz/protection/resource_set?matchingUri=true&deep=true&uri="
            + path)).header("Authorization", "Bearer " + tokens.client(service)).build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode found = new ObjectMapper().readTree(answer.body());
        assertEquals(1, found.size(), answer.body());
        assertEquals(resource, found.get(0).path("name").asText());
    }

    @Test
    void aPortalAdministersNothing() {
        String portal = tokens.client("client-portal");
        Map<String, String> writes = Map.of("policy-service", "policies", "firewall-sync-service", "services");
        writes.forEach((service, resource) -> {
            assertFalse(tokens.permits(portal, service, resource, "GET"));
            assertFalse(tokens.permits(portal, service, resource, "PUT"));
        });
        assertFalse(tokens.permits(portal, "audit-service", "entries", "GET"));
    }

    private void assertPermitted(String service, String resource, String scope, Set<String> expected) {
        Set<String> permitted = new TreeSet<>();
        for (String person : PEOPLE) {
            if (tokens.permits(tokens.password(person), service, resource, scope)) {
                permitted.add(person);
            }
        }
        assertEquals(new TreeSet<>(expected), permitted, service + " " + resource + " " + scope);
    }

    private static Set<String> rolesIn(JsonNode claims) {
        Set<String> roles = new TreeSet<>();
        claims.path("realm_access").path("roles").forEach(role -> roles.add(role.asText()));
        roles.retainAll(ROLES);
        return roles;
    }

    private static JsonNode claims(String token) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }

}
