// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.call.CallVerdict.Refused;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members and parameters that reach a resource and do not look like it, and those that look like it in the requests of godo, doctl and Terraform. */
class UnlikelyReferencesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        default network of a region        | PUT   | /v2/vpcs/5 | {"name": "a", "default": true}                                  | do:vpc:5 vpc:update | vpc:update | do:vpc:*
        default network, as a text         | PATCH | /v2/vpcs/5 | {"default": "false"}                                            | do:vpc:5 vpc:update | vpc:update | do:vpc:*
        domain that an app may write into  | POST  | /v2/apps   | {"spec": {"domains": [{"zone": "shop.example"}]}}               | do:app:* app:create | domain:update | do:domain:shop.example
        registries of a new cluster        | POST  | /v2/kubernetes/clusters | {"name": "a", "registry_enabled": true}            | do:kubernetes:* kubernetes:create | registry:update | do:registry:*
        metrics of a test case             | POST  | /v2/gen-ai/evaluation_test_cases | {"name": "a", "metrics": ["9"]}           | do:evaluation_test_case:* genai:create | genai:read | do:evaluation_metric:9
        volume as an object                | POST  | /v2/droplets | {"name": "a", "volumes": [{"id": "9"}]}                        | do:droplet:* droplet:create | block_storage_action:create | do:volume:9
        volume by a name                   | POST  | /v2/droplets | {"name": "a", "volumes": [{"name": "9"}]}                      | do:droplet:* droplet:create;do:volume:9 block_storage_action:create | block_storage_action:create | do:volume:*
        volume by id and by name           | POST  | /v2/droplets | {"name": "a", "volumes": [{"id": "9", "name": "8"}]}           | do:droplet:* droplet:create;do:volume:9 block_storage_action:create | block_storage_action:create | do:volume:*
        volume behind another              | POST  | /v2/droplets | {"name": "a", "volumes": ["9", {"id": "8"}]}                   | do:droplet:* droplet:create;do:volume:9 block_storage_action:create | block_storage_action:create | do:volume:8
        volume other than the path's       | POST  | /v2/volumes/9/snapshots | {"name": "a", "volume_id": "8"}                      | do:volume:9 block_storage_snapshot:create | block_storage_snapshot:create | do:volume:8
        tag of a load balancer             | POST  | /v2/load_balancers | {"name": "a", "tags": ["web"]}                            | do:load_balancer:* load_balancer:create | tag:create | do:tag:web
        project of a NAT gateway           | POST  | /v2/vpc_nat_gateways | {"name": "a", "project_id": "9"}                        | do:nat_gateway:* nat_gateway:create | project:assign_resource | do:project:9
        network of a database that moves   | PUT   | /v2/databases/5/migrate | {"region": "fra1", "private_network_uuid": "9"}      | do:database:5 database:update | vpc:read | do:vpc:9
        """)
    void memberThatReachesAResourceNeedsItsScope(String what, String method, String path, String body, String entries, String scope, String resource) {
        Refused refused = (Refused) decide(method, path, body, entries.split(";"));
        assertThat(refused.missingScope()).as(refused.message()).isEqualTo(Optional.of(scope));
        assertThat(refused.missingResource()).isEqualTo(Optional.of(resource));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        godo renames a network             | PUT  | /v2/vpcs/5                | {"name": "a", "description": "", "default": false}                         | do:vpc:5 vpc:update
        godo attaches a volume             | POST | /v2/droplets              | {"name": "a", "image": "debian-12-x64", "volumes": [{"id": "9"}], "gpu_partition_mode": "x"} | do:droplet:* droplet:create;do:volume:9 block_storage_action:create
        a volume by name with all volumes  | POST | /v2/droplets              | {"name": "a", "volumes": [{"name": "data"}]}                               | do:droplet:* droplet:create;do:volume:* block_storage_action:create
        godo makes a volume's snapshot     | POST | /v2/volumes/9/snapshots   | {"volume_id": "9", "name": "a", "description": "", "tags": null}           | do:volume:9 block_storage_snapshot:create
        a volume's snapshot, described     | POST | /v2/volumes/9/snapshots   | {"volume_id": "9", "name": "a", "description": "nightly", "tags": []}      | do:volume:9 block_storage_snapshot:create
        a volume's action by name          | POST | /v2/volumes/actions       | {"type": "attach", "volume_name": "data", "droplet_id": 7}                 | do:volume:* block_storage_action:create;do:droplet:7 droplet:update
        app with what godo knows           | POST | /v2/apps                  | {"spec": {"name": "a", "envs": [{"key": "A", "value": "b"}], "features": ["buildpack-stack=ubuntu-22"], "alerts": [{"rule": "DEPLOYMENT_FAILED"}], "databases": [{"name": "db", "size": "db-s", "num_nodes": 1}], "jobs": [{"name": "j", "schedule": {"cron": "0 * * * *"}}]}} | do:app:* app:create
        app whose domain is nobody else's  | POST | /v2/apps                  | {"spec": {"domains": [{"domain": "www.shop.example", "zone": "shop.example"}]}} | do:app:* app:create;do:domain:* domain:update
        load balancer that is only tried   | POST | /v2/load_balancers        | {"name": "a", "validate_only": true, "tags": []}                           | do:load_balancer:* load_balancer:create
        agent's region                     | PUT  | /v2/gen-ai/knowledge_bases/5 | {"uuid": "5", "name": "a", "embedding_model_uuid": "", "tags": null}   | do:knowledge_base:5 genai:update;do:database:* database:update;do:project:* project:assign_resource;do:tag:* tag:create
        database that moves alone          | PUT  | /v2/databases/5/migrate   | {"region": "fra1", "private_network_uuid": ""}                             | do:database:5 database:update
        """)
    void requestThatAClientWritesByHabitPasses(String what, String method, String path, String body, String entries) {
        CallVerdict verdict = decide(method, path, body, entries.split(";"));
        assertThat(verdict).as(verdict instanceof Refused no ? no.message() : "").isNotInstanceOf(Refused.class);
    }

    /** Such an address works without a token, and still does when the grant has ended. */
    @ParameterizedTest
    @ValueSource(strings = {"/v2/apps/5/logs", "/v2/apps/5/components/web/logs", "/v2/apps/5/deployments/6/logs",
        "/v2/apps/5/deployments/6/components/web/logs",
        "/v2/apps/5/jobs/j/invocations/6/logs", "/v2/apps/5/events/6/logs"})
    void addressesOfLogsAreCredentials(String path) {
        assertThat(((Refused) decide("GET", path, null, "do:app:5 app:read")).message()).contains("outlives");
        assertThat(((Refused) decide("GET", path, null, "do:app:* app:read {\"outlives\": true}")).rule()).isEqualTo(CallVerdict.Rule.CREDENTIAL);
        assertThat(decide("GET", path, null, "do:app:5 app:read {\"outlives\": true}")).isNotInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/gen-ai/knowledge_bases/data_sources/file_upload_presigned_urls", "/v2/gen-ai/evaluation_datasets/file_upload_presigned_urls",
        "/v2/gen-ai/model_evaluation/datasets/file_upload_presigned_urls"})
    void addressesForUploadsOutliveAGrantOnlyWhereItSaysSo(String path) {
        String body = "{\"files\": [{\"file_name\": \"a\", \"file_size\": \"1\"}]}";
        assertThat(((Refused) decide("POST", path, body, "do:genai:* genai:create")).rule()).isEqualTo(CallVerdict.Rule.CONSTRAINT);
        assertThat(decide("POST", path, body, "do:genai:* genai:create {\"outlives\": true}")).isNotInstanceOf(Refused.class);
    }

    /** The gateway writes expiry_seconds itself; another spelling of it must not stand beside. */
    @ParameterizedTest
    @ValueSource(strings = {"Expiry_Seconds=0", "expirySeconds=0", "expiry-seconds=0", "expiry_seconds[]=0", "ttl=0", "expiry_seconds=60&Expiry_Seconds=0"})
    void credentialsAreAskedForWithTheDocumentsParametersAlone(String query) {
        for (String call : List.of("/v2/kubernetes/clusters/7/kubeconfig", "/v2/kubernetes/clusters/7/credentials", "/v2/registries/acme/docker-credentials")) {
            Refused refused = (Refused) decide("GET", call + "?" + query, null, "do:kubernetes:7 kubernetes:access_cluster,kubernetes:read",
                "do:registry:acme registry:read,registry:update");
            assertThat(refused.rule()).as(refused.message()).isEqualTo(CallVerdict.Rule.UNKNOWN_REFERENCE);
            assertThat(refused.message()).contains("leave it out");
        }
    }

    @Test
    void refusalNamesTheElementThatIsNoReference() {
        Refused refused = (Refused) decide("POST", "/v2/firewalls/7/rules", "{\"inbound_rules\": [{}, {\"sources\": {\"droplet_ids\": [1, true]}}]}",
            "do:firewall:7 firewall:update",
            "do:droplet:1 droplet:read");
        assertThat(refused.message()).contains("/inbound_rules/1/sources/droplet_ids/1").contains("by its id");
    }
}
