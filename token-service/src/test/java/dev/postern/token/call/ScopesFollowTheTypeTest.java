// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.OPERATIONS;
import static dev.postern.token.call.Calls.decide;
import static dev.postern.token.call.Calls.filter;
import static dev.postern.token.call.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.call.AnswerFilter.Shown;
import dev.postern.token.call.CallVerdict.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that names its type needs the scopes of that type. */
class ScopesFollowTheTypeTest {
    private static final List<String> EVERY = List.of("droplet:update", "image:update", "database:update", "block_storage_action:create",
        "block_storage_snapshot:create", "droplet:read", "domain:read", "database:read", "kubernetes:read", "tag:read", "app:read", "genai:read", "image:read");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        POST   | /v2/tags/5/resources     | {"resources": [{"resource_id": "9", "resource_type": "droplet"}]}         | do:droplet:9    | droplet:update
        DELETE | /v2/tags/5/resources     | {"resources": [{"resource_id": "9", "resource_type": "database"}]}        | do:database:9   | database:update
        POST   | /v2/tags/5/resources     | {"resources": [{"resource_id": "9", "resource_type": "volume_snapshot"}]} | do:snapshot:9   | block_storage_snapshot:create
        POST   | /v2/projects/5/resources | {"resources": ["do:droplet:9"]}                                           | do:droplet:9    | droplet:read
        POST   | /v2/projects/5/resources | {"resources": ["do:dbaas:9"]}                                             | do:database:9   | database:read
        PUT    | /v2/databases/5/firewall | {"rules": [{"type": "k8s", "value": "9"}]}                                | do:kubernetes:9 | kubernetes:read
        PUT    | /v2/databases/5/firewall | {"rules": [{"type": "app", "value": "9"}]}                                | do:app:9        | app:read
        """)
    void scopeOfAnotherTypeOpensNothing(String method, String path, String body, String resource, String scope) {
        String[] own = {"do:tag:5 tag:create,tag:delete", "do:project:5 project:assign_resource,project:update", "do:database:5 database:update",
            "do:tag:* tag:read", "do:droplet:* droplet:read", "do:kubernetes:* kubernetes:read", "do:app:* app:read"};
        boolean whole = path.contains("firewall");
        for (String other : EVERY) {
            CallVerdict verdict = decide(method, path, body, own[0], own[1], own[2], whole ? own[3] : own[2],
                whole && !scope.startsWith("app") ? own[6] : own[2],
                whole && !scope.startsWith("kubernetes") ? own[5] : own[2], whole ? own[4] : own[2], resource + " " + other);
            if (verdict instanceof Refused refused) {
                assertThat(refused.missingScope().orElseThrow()).contains(scope);
            } else {
                assertThat(other).isEqualTo(scope);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /v2/tags/5/resources     | {"resources": [{"resource_id": "9", "resource_type": "gadget"}]}
        /v2/tags/5/resources     | {"resources": [{"resource_id": "9", "resource_type": "Droplet"}]}
        /v2/tags/5/resources     | {"resources": [{"resource_id": "9"}]}
        /v2/projects/5/resources | {"resources": ["do:firewall:9"]}
        /v2/projects/5/resources | {"resources": ["do:gadget:9"]}
        """)
    void unknownTypesAreRefused(String path, String body) {
        Refused refused = (Refused) decide("POST", path, body, "do:tag:5 tag:create", "do:project:5 project:assign_resource,project:update",
            "do:gadget:9 droplet:update,droplet:read",
            "do:firewall:9 firewall:read");
        assertThat(refused.rule()).isEqualTo(CallVerdict.Rule.MALFORMED_REFERENCE);
    }

    @Test
    void listOfResourcesShowsEachByTheScopeOfItsType() {
        Shown shown = (Shown) filter(
            decide("GET", "/v2/projects/5/resources", null, "do:project:5 project:read", "do:droplet:1 droplet:read", "do:droplet:2 image:read,app:read"))
            .filter(json("{\"resources\": [{\"urn\": \"do:droplet:1\"}, {\"urn\": \"do:droplet:2\"}]}"));
        assertThat(shown.kept()).hasSize(1);
    }

    @Test
    void tableKnowsWhichScopesATypeCouldBeAskedFor() {
        assertThat(OPERATIONS.scopesOf("droplet")).contains("droplet:read", "droplet:update", "droplet:delete").doesNotContain("image:update",
            "database:update", "genai:read");
        assertThat(OPERATIONS.scopesOf("floating_ip")).contains("reserved_ip:update").isEqualTo(OPERATIONS.scopesOf("reserved_ip"));
        assertThat(OPERATIONS.scopesOf("database")).contains("database:read", "database:view_credentials");
        assertThat(OPERATIONS.scopesOf("gadget")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"type": "v1/insights/lbaas/avg_cpu_utilization_percent", "entities": ["9"]} | do:load_balancer:9 load_balancer:read
        {"type": "v1/dbaas/alerts/load_15_alerts", "entities": ["9"]}                | do:database:9 database:read
        {"type": "v1/insights/droplet/cpu", "entities": ["9"]}                       | do:droplet:9 droplet:read
        {"type": "v1/insights/droplet/cpu", "entities": [], "tags": []}              | do:droplet:* droplet:read
        {"type": "v1/insights/droplet/cpu"}                                          | do:droplet:* droplet:read
        """)
    void alertPolicyWatchesWhatItsTypeSays(String body, String entry) {
        assertThat(decide("POST", "/v2/monitoring/alerts", body, "do:alert_policy:* monitoring:create", entry)).isNotInstanceOf(Refused.class);
        for (String other : List.of("do:droplet:9 database:read,load_balancer:read", "do:load_balancer:9 droplet:read", "do:database:9 droplet:read")) {
            assertThat(decide("POST", "/v2/monitoring/alerts", body, "do:alert_policy:* monitoring:create", other)).as(other).isInstanceOf(Refused.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /v2/kubernetes/registry   | {"cluster_uuids": ["5"]}
        /v2/kubernetes/registries | {"cluster_uuids": ["5"]}
        /v2/kubernetes/registries | {"cluster_uuids": ["5"], "registries": null}
        /v2/kubernetes/registries | {"cluster_uuids": ["5"], "registries": []}
        /v2/kubernetes/registries | {"cluster_uuids": ["5"], "registries": ["acme"]}
        """)
    void credentialsOfARegistryDoNotGetIntoAClusterByTheClustersRightsAlone(String path, String body) {
        for (String registry : List.of("do:registry:acme registry:read", "do:registry:* registry:update")) {
            assertThat(decide("POST", path, body, "do:kubernetes:5 kubernetes:create,kubernetes:update", registry)).isInstanceOf(Refused.class);
        }
    }

    @Test
    void registryThatIsNamedInTheGrantGetsIntoTheCluster() {
        assertThat(decide("POST", "/v2/kubernetes/registries", "{\"cluster_uuids\": [\"5\"], \"registries\": [\"acme\"]}",
            "do:kubernetes:5 kubernetes:create,kubernetes:update", "do:registry:acme registry:update")).isNotInstanceOf(Refused.class);
    }
}
