// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.PolicyId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PolicySchemaTest {
    @Test
    void theSchemaDeclaresAnActionForEveryScopeOfTheProviderAndNoOther() throws Exception {
        JsonNode actions = PolicySchema.provided().cedar().toJsonFormat().get("").get("actions");
        Set<String> declared = new TreeSet<>();
        actions.fieldNames().forEachRemaining(declared::add);
        Set<String> expected = new TreeSet<>(PolicySchema.provided().providerScopes());
        assertThat(expected).hasSize(142);
        expected.addAll(Set.of("firewall:open", "registry", "registry:pull", "registry:push", "digitalocean"));
        assertThat(declared).isEqualTo(expected);
    }

    @Test
    void theScopesAreThoseOfTheOfficialOpenapiDocument() throws Exception {
        Path document = Path.of(System.getProperty("postern.digitalocean.openapi", "absent"));
        assumeTrue(Files.exists(document), "skipped: the provider's OpenAPI document is not at " + document);
        Set<String> scopes = new TreeSet<>();
        JsonNode paths = new ObjectMapper().readTree(document.toFile()).get("paths");
        paths.forEach(path -> path.forEach(operation -> operation.path("security")
            .forEach(alternative -> alternative.forEach(scheme -> scheme.forEach(scope -> scopes.add(scope.asText()))))));
        assertThat(PolicySchema.provided().providerScopes()).containsExactlyInAnyOrderElementsOf(scopes);
    }

    @Test
    void everyActionCanStandInAPolicy() {
        for (String action : PolicySchema.provided().providerScopes()) {
            assertThat(CheckPolicy.check(new PolicyId("p"), "permit(principal, action == Action::\"" + action + "\", resource is Resource);"))
                .as(action).isEqualTo(new PolicyCheck.Sound(java.util.List.of()));
        }
    }
}
