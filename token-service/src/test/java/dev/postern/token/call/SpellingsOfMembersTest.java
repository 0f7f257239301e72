// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.decide;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.operation.Operation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers of JSON ignore case (Go) or take lowerCamelCase too (protobuf): a body is judged in every spelling that they take. */
class SpellingsOfMembersTest {
    private static final Map<String, UnaryOperator<String>> SPELLINGS = Map.of(
        "capitals", name -> name.toUpperCase(Locale.ROOT), "capital", name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
        "lowerCamelCase", name -> Pattern.compile("_(.)").matcher(name).replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT)),
        "dashes", name -> name.replace('_', '-'), "joined", name -> name.replace("_", ""), "blank", name -> name + " ", "long s",
        name -> name.replace('s', '\u017f'));

    @ParameterizedTest
    @ValueSource(strings = {"dropletIds", "DropletIds", "DROPLET_IDS", "droplet-ids", "dropletids", "droplet ids", "droplet_id\u017f", "clusterName",
        "projectId",
        "anthropicKeyUuid", "vpcUUID", "ClusterUUIDs", "gadgetId", "gadgetURN", "some-uuid", "Urn", "volumeid", "alertpolicyid", "vpcuuids"})
    void everySpellingOfAReferenceIsOne(String name) {
        assertThat(Calls.OPERATIONS.mayNameAResource(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"paid", "valid", "grid", "fluids", "android", "ports", "description", "userData"})
    void plainWordsAreNoReferences(String name) {
        assertThat(Calls.OPERATIONS.mayNameAResource(name)).isFalse();
    }

    /** Another spelling of any member makes no call pass that the document's own spelling does not. */
    @Test
    void noSpellingIsMorePermittedThanTheDocuments() {
        int bodies = 0;
        for (Operation operation : Calls.OPERATIONS.all()) {
            if (!operation.served() || !operation.bodyNamesResources()) {
                continue;
            }
            WholeCall whole = new WholeCall(operation);
            ApiCall full = whole.call();
            CallGrant path = CallGrant.of(whole.grant(), Calls.LATER, Map.of());
            for (Map.Entry<String, UnaryOperator<String>> spelling : SPELLINGS.entrySet()) {
                JsonNode other = respelt(full.body().orElseThrow(), spelling.getValue());
                if (other.equals(full.body().orElseThrow())) {
                    continue;
                }
                ApiCall call = new ApiCall(operation, full.method(), full.parameters(), full.query(), Optional.of(other), Calls.CALLER);
                assertThat(Calls.AUTHORIZE.decide(call, path, Calls.NOON)).as(operation.id() + " in " + spelling.getKey() + " " + other)
                    .isInstanceOf(Refused.class);
                bodies++;
            }
        }
        assertThat(bodies).isGreaterThan(600);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        PUT  | /v2/databases/5/firewall | {"rules": [{"type": "ip_addr", "value": "9", "Type": "tag"}]}      | /rules/0/Type
        PUT  | /v2/databases/5/firewall | {"rules": [{"Type": "ip_addr", "type": "tag", "value": "9"}]}      | /rules/0/Type
        POST | /v2/apps                 | {"spec": {"services": [{"image": {"registry_type": "GHCR", "Registry_Type": "DOCR", "repository": "a"}}]}} | /spec/services/0/image/Registry_Type
        POST | /v2/tags/5/resources     | {"resources": [{"resource_id": "5", "resource_type": "droplet", "Resource_Type": "database"}]} | /resources/0/Resource_Type
        PUT  | /v2/firewalls/5          | {"droplet_ids": [1], "Droplet_Ids": []}                            | /Droplet_Ids
        POST | /v2/domains/5/records    | {"type": "TXT", "name": "a", "data": "b", "Data": "c"}             | /Data
        """)
    void memberThatAnotherReaderTakesForAKnownOneIsRefusedByItsPointer(String method, String path, String body, String pointer) {
        Refused refused = (Refused) decide(method, path, body, "do:database:5 database:update", "do:app:* app:create", "do:tag:* tag:create,droplet:update",
            "do:droplet:* droplet:update,droplet:read", "do:database:* database:update", "do:firewall:5 firewall:update", "do:domain:5 domain:update");
        assertThat(refused.rule()).as(refused.message()).isEqualTo(CallVerdict.Rule.UNKNOWN_REFERENCE);
        assertThat(refused.message()).contains(pointer);
    }

    @Test
    void memberThatTheDocumentLacksIsRefusedWhereTheBodyNamesResources() {
        Refused refused = (Refused) decide("POST", "/v2/droplets", "{\"name\": \"a\", \"gadget\": {\"x\": 1}}", "do:droplet:* droplet:create");
        assertThat(refused.message()).contains("/gadget");
        assertThat(decide("POST", "/v2/droplets", "{\"name\": \"a\", \"gadget\": null}", "do:droplet:* droplet:create")).isNotInstanceOf(Refused.class);
        assertThat(decide("POST", "/v2/domains/5/records", "{\"type\": \"A\", \"gadget\": {\"x\": 1}}", "do:domain:5 domain:update"))
            .isInstanceOf(Allowed.class);
    }

    /** Ansible's module sends these with every Droplet that it creates. */
    @Test
    void plainSettingsThatAClientSendsAlongPassAtTheTopOfABody() {
        String settings = "{\"name\": \"a\", \"baseurl\": \"http://localhost:8080/v2\", \"validate_certs\": true, \"timeout\": 30, \"resize_disk\": false, "
            + "\"project_name\": \"\", \"firewall\": null}";
        assertThat(decide("POST", "/v2/droplets", settings, "do:droplet:* droplet:create")).isNotInstanceOf(Refused.class);
        for (String other : List.of("{\"baseurl\": {\"x\": 1}}", "{\"BaseUrl\": \"x\"}", "{\"state\": [\"x\"]}", "{\"oauth_token\": \"x\"}")) {
            assertThat(decide("POST", "/v2/droplets", other, "do:droplet:* droplet:create")).as(other).isInstanceOf(Refused.class);
        }
    }

    /** The library python-digitalocean sends these with every record. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "\"\"", "{}"})
    void memberThatNamesNothingPassesWhereItsAbsenceWould(String nothing) {
        assertThat(
            decide("PUT", "/v2/domains/5/records/3", "{\"type\": \"A\", \"data\": \"192.0.2.1\", \"tags\": " + nothing + "}", "do:domain:5 domain:update"))
            .isInstanceOf(Allowed.class);
        Refused refused = (Refused) decide("PUT", "/v2/domains/5/records/3", "{\"type\": \"A\", \"tags\": [\"a\"]}", "do:domain:5 domain:update");
        assertThat(refused.message()).contains("/tags");
    }

    @Test
    void wordsOfTheClientMayBeSpeltAsItLikes() {
        assertThat(decide("POST", "/v2/kubernetes/clusters",
            "{\"name\": \"a\", \"node_pools\": [{\"size\": \"s\", \"labels\": {\"a-b\": \"1\", \"a_b\": \"2\", \"team_id\": \"3\"}}]}",
            "do:kubernetes:* kubernetes:create")).isNotInstanceOf(Refused.class);
    }

    private static JsonNode respelt(JsonNode node, UnaryOperator<String> spelling) {
        if (node.isArray()) {
            List<JsonNode> elements = new java.util.ArrayList<>();
            node.forEach(element -> elements.add(respelt(element, spelling)));
            return Calls.JSON.createArrayNode().addAll(elements);
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode other = Calls.JSON.createObjectNode();
        node.properties().forEach(member -> other.set(spelling.apply(member.getKey()), respelt(member.getValue(), spelling)));
        return other;
    }
}
