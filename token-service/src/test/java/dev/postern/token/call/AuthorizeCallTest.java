// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.AUTHORIZE;
import static dev.postern.token.call.Calls.LATER;
import static dev.postern.token.call.Calls.NOON;
import static dev.postern.token.call.Calls.OPERATIONS;
import static dev.postern.token.call.Calls.call;
import static dev.postern.token.call.Calls.decide;
import static dev.postern.token.call.Calls.entry;
import static dev.postern.token.call.Calls.grant;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.AllowedFiltered;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.operation.Match;
import dev.postern.token.operation.OperationId;
import dev.postern.token.operation.Operations;
import dev.postern.token.operation.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizeCallTest {
    private static final String FIREWALL = "bb4b2611-3d72-467b-8602-280330ecd65c";
    private static final String TCP_443 = """
        {"type": "object", "additionalProperties": false, "required": ["inbound_rules"], "properties": {"inbound_rules": {"type": "array", "minItems": 1,
         "maxItems": 1, "items": {"const": {"protocol": "tcp", "ports": "443", "sources": {"addresses": ["203.0.113.7"]}}}}}}""";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        GET    | /v2/droplets/1                             |                                                     | do:droplet:1 droplet:read
        HEAD   | /v2/droplets/1                             |                                                     | do:droplet:1 droplet:read
        GET    | /v2/droplets/1                             |                                                     | do:droplet:* droplet:read
        POST   | /v2/firewalls/7/droplets                   | {"droplet_ids": [1]}                                | do:firewall:7 firewall:update;do:droplet:1 droplet:update
        POST   | /v2/droplets                               | {"name": "a", "image": "debian-12-x64"}             | do:droplet:* droplet:create
        POST   | /v2/domains                                | {"name": "example.com"}                             | do:domain:example.com domain:create
        POST   | /v2/domains/example.com/records            | {"type": "TXT", "name": "_acme-challenge"}          | do:domain:example.com domain:update
        DELETE | /v2/droplets?tag_name=shop                 |                                                     | do:tag:shop droplet:delete
        DELETE | /v2/droplets?tag_name=shop                 |                                                     | do:droplet:* droplet:delete
        GET    | /v2/floating_ips/203.0.113.9/actions       |                                                     | do:reserved_ip:203.0.113.9 reserved_ip:read
        DELETE | /v2/reserved_ips/203.0.113.9               |                                                     | do:reserved_ip:203.0.113.9 reserved_ip:delete
        DELETE | /v2/registry/acme/repositories/shop/tags/1 |                                                     | do:repository:acme/shop registry:delete
        DELETE | /v2/registry/acme/repositories/shop/tags/1 |                                                     | do:repository:acme/* registry:delete
        DELETE | /v2/registry/acme/repositories/shop/tags/1 |                                                     | do:registry:acme registry:delete
        GET    | /v2/registries/acme/docker-credentials     |                                                     | do:registry:acme registry:read,registry:update
        GET    | /v2/monitoring/metrics/droplet/cpu?host_id=1&start=1&end=2 |                                     | do:droplet:1 monitoring:read
        POST   | /v2/tags/shop/resources                    | {"resources": [{"resource_id": "1", "resource_type": "droplet"}]} | do:tag:shop tag:create;do:droplet:1 droplet:update
        POST   | /v2/apps                                   | {"spec": {"services": [{"image": {"registry_type": "DOCKER_HUB", "registry": "library", "repository": "nginx"}}]}} | do:app:* app:create
        GET    | /v2/1-clicks                               |                                                     | do:droplet:1 droplet:read
        """)
    void coveredCallIsAllowed(String method, String target, String body, String entries) {
        assertThat(decide(method, target, body, entries.split(";"))).isNotInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        GET    | /v2/droplets/2                             |                                                     | do:droplet:1 droplet:read                     | not-granted | droplet:read   | do:droplet:2
        GET    | /v2/droplets/01                            |                                                     | do:droplet:1 droplet:read                     | not-granted | droplet:read   | do:droplet:01
        DELETE | /v2/droplets/1                             |                                                     | do:droplet:1 droplet:read                     | not-granted | droplet:delete | do:droplet:1
        GET    | /v2/droplets/*                             |                                                     | do:droplet:1 droplet:read                     | malformed-reference | |
        POST   | /v2/firewalls/7/droplets                   | {"droplet_ids": [1, 2]}                             | do:firewall:7 firewall:update;do:droplet:1 droplet:update | not-granted | droplet:update | do:droplet:2
        POST   | /v2/firewalls/7/droplets                   | {"droplet_ids": 1}                                  | do:firewall:7 firewall:update;do:droplet:1 droplet:update | malformed-reference | |
        POST   | /v2/firewalls/7/droplets                   | {"droplet_ids": [1.0]}                              | do:firewall:7 firewall:update;do:droplet:1 droplet:update | malformed-reference | |
        POST   | /v2/firewalls/7/droplets                   | {"droplet_ids": [[1]]}                              | do:firewall:7 firewall:update;do:droplet:1 droplet:update | malformed-reference | |
        POST   | /v2/firewalls/7/droplets                   | {"Droplet_IDs": [2]}                                | do:firewall:7 firewall:update                 | unknown-reference | |
        POST   | /v2/firewalls/7/droplets                   | {"droplet_id\u017f": [2]}                           | do:firewall:7 firewall:update                 | unknown-reference | |
        POST   | /v2/firewalls/7/rules                      | {"Inbound_Rules": [{"sources": {"droplet_ids": [2]}}]} | do:firewall:7 firewall:update              | unknown-reference | |
        POST   | /v2/firewalls/7/rules                      | {"inbound_rules": [{"sources": {"tags": ["shop"]}}]} | do:firewall:7 firewall:update               | not-granted | tag:read/droplet:read | do:tag:shop
        POST   | /v2/domains                                | {"name": "example.org"}                             | do:domain:example.com domain:create           | not-granted | domain:create | do:domain:example.org
        POST   | /v2/domains                                | {}                                                  | do:domain:example.com domain:create           | malformed-reference | |
        DELETE | /v2/droplets                               |                                                     | do:droplet:1 droplet:delete                   | malformed-reference | |
        DELETE | /v2/droplets?tag_name=                     |                                                     | do:droplet:* droplet:delete                   | malformed-reference | |
        DELETE | /v2/droplets?tag_name=shop                 |                                                     | do:droplet:1 droplet:delete                   | not-granted | droplet:delete | do:tag:shop
        DELETE | /v2/droplets?tag_name=shop&Tag_Name=all    |                                                     | do:tag:shop droplet:delete                    | unknown-reference | |
        DELETE | /v2/droplets?tag_name=shop&tag_name=all    |                                                     | do:tag:shop droplet:delete                    | not-granted | droplet:delete | do:tag:all
        DELETE | /v2/volumes?name=a&region=fra1             |                                                     | do:volume:a block_storage:delete              | not-granted | block_storage:delete | do:volume:*
        GET    | /v2/registries/acme/docker-credentials     |                                                     | do:registry:* registry:read,registry:update   | credential-by-name-only | registry:read, registry:update | do:registry:acme
        GET    | /v2/kubernetes/clusters/7/kubeconfig       |                                                     | do:kubernetes:* kubernetes:access_cluster     | credential-by-name-only | kubernetes:access_cluster | do:kubernetes:7
        POST   | /v2/spaces/keys                            | {"grants": [{"bucket": "a"}, {"permission": "fullaccess"}]} | do:bucket:a spaces_key:create_credentials | malformed-reference | |
        POST   | /v2/spaces/keys                            | {"grants": [{"bucket": "a"}, {"bucket": "", "permission": "fullaccess"}]} | do:bucket:a spaces_key:create_credentials | malformed-reference | |
        POST   | /v2/apps                                   | {"spec": {"services": [{"image": {"registry_type": "DOCR", "repository": "shop"}}]}} | do:app:* app:create;do:registry:shop registry:read | not-granted | registry:read | do:registry:*
        POST   | /v2/apps                                   | {"spec": {"services": [{"image": {"repository": "shop"}}]}} | do:app:* app:create | not-granted | registry:read | do:registry:*
        GET    | /v2/account                                |                                                     | do:droplet:1 account:read                     | not-granted | account:read | do:account:*
        POST   | /v2/droplets                               | {"image": 5}                                        | do:droplet:* droplet:create                   | not-granted | image:read | do:image:5
        POST   | /v2/droplets                               | {"image": "5"}                                      | do:droplet:* droplet:create                   | not-granted | image:read | do:image:5
        DELETE | /v2/droplets/1                             | {"id": 2}                                           | do:droplet:1 droplet:delete                   | unexpected-body | |
        GET    | /v2/droplets                               |                                                     | do:firewall:1 firewall:read                   | not-granted | droplet:read |
        """)
    void uncoveredCallIsRefused(String method, String target, String body, String entries, String rule, String scope, String resource) {
        Refused refused = (Refused) decide(method, target, body == null ? null : body.replace("\\u017f", "\u017f"), entries.split(";"));
        assertThat(refused.rule().word()).as(refused.message()).isEqualTo(rule);
        assertThat(refused.missingScope()).isEqualTo(Optional.ofNullable(scope).map(text -> text.replace("/", "|")));
        assertThat(refused.missingResource()).isEqualTo(Optional.ofNullable(resource));
    }

    @Test
    void readOutsideTheGrantNamesScopeAndResourceAsAWriteDoes() {
        for (String method : List.of("GET", "DELETE")) {
            Refused refused = (Refused) decide(method, "/v2/droplets/2", null, "do:droplet:1 droplet:read");
            assertThat(refused.missing()).containsExactly(new CallVerdict.Missing(method.equals("GET") ? "droplet:read" : "droplet:delete",
                Optional.of(new ResourceName("do:droplet:2"))));
            assertThat(refused.message()).contains("do:droplet:2");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /v2/droplets/0300201             | do:droplet:0300201 has leading zeros; write do:droplet:300201
        /v2/account/keys/3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa | is a fingerprint, a second name of an SSH key; write its id
        /v2/domains/Shop.Example         | is not in lower case; write do:domain:shop.example
        /v2/vpcs/BB4B2611-3D72-467B-8602-280330ECD65C | write do:vpc:bb4b2611-3d72-467b-8602-280330ecd65c
        /v2/reserved_ipv6/2604:A880::1   | write do:reserved_ip:2604:a880::1
        """)
    void refusalOfASecondNameSaysTheFirst(String path, String hint) {
        Refused refused = (Refused) decide("GET", path, null, "do:droplet:300201 droplet:read", "do:domain:shop.example domain:read");
        assertThat(refused.rule()).isEqualTo(CallVerdict.Rule.NOT_GRANTED);
        assertThat(refused.message()).contains(hint);
    }

    @Test
    void refusalOfAPathThatStandsForAnotherThingSaysWhichCallNamesIt() {
        Map<String, String> instead = Map.of("GET /v2/registry/docker-credentials", "GET /v2/registries/{registry_name}/docker-credentials",
            "POST /v2/kubernetes/registry", "POST /v2/kubernetes/registries", "DELETE /v2/registry", "DELETE /v2/registries/{registry_name}",
            "GET /v2/projects/default", "GET /v2/projects/{project_id}");
        instead.forEach((call, right) -> {
            String[] parts = call.split(" ");
            String body = parts[0].equals("POST") ? "{\"cluster_uuids\": [\"7\"]}" : null;
            Refused refused = (Refused) decide(parts[0], parts[1], body, "do:registry:acme registry:read,registry:update,registry:delete",
                "do:project:7 project:read");
            assertThat(refused.message()).as(call).contains("; call " + right + ",");
        });
        assertThat(Operations.bundled().all().stream().flatMap(operation -> operation.places().stream()).filter(place -> place.in() == Place.In.FIXED))
            .as("each of them").isNotEmpty().allMatch(place -> place.instead().isPresent());
    }

    @Test
    void refusalNamesEverythingThatIsMissingAtOnce() {
        Refused refused = (Refused) decide("POST", "/v2/droplets",
            "{\"name\": \"a\", \"image\": 5, \"ssh_keys\": [7], \"tags\": [\"shop\"], \"vpc_uuid\": \"v\"}", "do:droplet:1 droplet:read");
        assertThat(refused.missing()).extracting(one -> one.scope() + " " + one.resource().orElseThrow())
            .containsExactlyInAnyOrder("image:read do:image:5", "ssh_key:read do:ssh_key:7", "tag:create do:tag:shop", "vpc:read do:vpc:v",
                "droplet:create do:droplet:*");
        String[] grant = refused.missing().stream().map(one -> one.resource().orElseThrow() + " " + one.scope()).toArray(String[]::new);
        assertThat(decide("POST", "/v2/droplets", "{\"name\": \"a\", \"image\": 5, \"ssh_keys\": [7], \"tags\": [\"shop\"], \"vpc_uuid\": \"v\"}", grant))
            .isNotInstanceOf(Refused.class);
        assertThat(refused.missingScope()).contains("image:read, ssh_key:read, tag:create, vpc:read, droplet:create");
    }

    @Test
    void listOfWhichNothingCouldBeShownAsksForNoWholeType() {
        Refused refused = (Refused) decide("GET", "/v2/droplets", null, "do:firewall:1 firewall:read");
        assertThat(refused.missingResource()).isEmpty();
        assertThat(refused.message()).contains("droplet:read on any do:droplet:<id>").doesNotContain("*");
    }

    @Test
    void listRefusedByAConstraintNamesTheConstraint() {
        Refused refused = (Refused) decide("GET", "/v2/domains", null, "do:domain:example.com domain:read {\"client_addresses\": [\"203.0.113.0/24\"]}");
        assertThat(refused.rule()).isEqualTo(CallVerdict.Rule.CONSTRAINT);
        assertThat(refused.message()).contains("client_addresses").doesNotContain("*");
    }

    @Test
    void aTokenForOneFirewallAndOneRuleAddsThatRuleAndNothingElse() {
        String entry = "do:firewall:" + FIREWALL + " firewall:update {\"methods\": [\"POST\"], \"body_schema\": " + TCP_443 + "}";
        String rules = "/v2/firewalls/" + FIREWALL + "/rules";
        String rule = "{\"inbound_rules\": [{\"protocol\": \"tcp\", \"ports\": \"443\", \"sources\": {\"addresses\": [\"203.0.113.7\"]}}]}";
        assertThat(decide("POST", rules, rule, entry)).isInstanceOf(Allowed.class);
        for (String other : List.of(rule.replace("443", "22"), rule.replace("203.0.113.7", "0.0.0.0/0"), "{}", "[]", "null",
            rule.replace("\"tcp\"", "\"tcp\", \"action\": \"deny\""))) {
            assertThat(decide("POST", rules, other, entry)).as(other).isInstanceOf(Refused.class);
        }
        assertThat(((Refused) decide("POST", rules, null, entry)).rule()).isEqualTo(CallVerdict.Rule.CONSTRAINT);
        assertThat(decide("DELETE", rules, rule, entry)).isInstanceOf(Refused.class);
        assertThat(decide("POST", "/v2/firewalls/" + FIREWALL + "/tags", "{\"tags\": [\"x\"]}", entry)).isInstanceOf(Refused.class);
        assertThat(decide("GET", "/v2/firewalls/" + FIREWALL, null, entry)).isInstanceOf(Refused.class);
    }

    @Test
    void createdResourceBelongsToItsEntryAndTheRestOfTheTypeDoesNot() {
        CallGrant grant = CallGrant.of(List.of(entry("do:droplet:* droplet:create,droplet:read,droplet:delete {\"own_created\": true}")), LATER,
            Map.of(0, Set.of(new ResourceName("do:droplet:5"))));
        AllowedFiltered create = (AllowedFiltered) AUTHORIZE.decide(call("POST", "/v2/droplets", "{\"name\": \"a\", \"image\": \"debian-12-x64\"}"), grant,
            NOON);
        assertThat(create.creator()).map(GrantEntry::index).contains(0);
        assertThat(AUTHORIZE.decide(call("DELETE", "/v2/droplets/5", null), grant, NOON)).isInstanceOf(Allowed.class);
        assertThat(AUTHORIZE.decide(call("DELETE", "/v2/droplets/6", null), grant, NOON)).isInstanceOf(Refused.class);
        assertThat(AUTHORIZE.decide(call("DELETE", "/v2/droplets/6", null), grant.withCreated(0, new ResourceName("do:droplet:6")), NOON))
            .isInstanceOf(Allowed.class);
        assertThat(AUTHORIZE.decide(call("GET", "/v2/droplets", null), grant, NOON)).isInstanceOf(AllowedFiltered.class);
        assertThat(AUTHORIZE.decide(call("DELETE", "/v2/droplets?tag_name=all", null), grant, NOON)).isInstanceOf(Refused.class);
    }

    @Test
    void aTagThatExistsDoesNotBecomeOwnByMakingItAgain() {
        Allowed create = (Allowed) decide("POST", "/v2/domains", "{\"name\": \"new.example\"}", "do:domain:* domain:create {\"own_created\": true}");
        assertThat(create.creator()).isPresent();
        assertThat(OPERATIONS.byId(new OperationId("tags_create")).orElseThrow().creates()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"client_addresses": ["203.0.113.0/24"]} | GET | /v2/domains/example.com/records            | client_addresses
        {"methods": ["POST"]}                    | GET | /v2/domains/example.com/records            | methods
        {"methods": []}                          | GET | /v2/domains/example.com/records            | methods
        {"query": {"type": ["TXT"]}}             | GET | /v2/domains/example.com/records            | query
        {"query": {"type": ["TXT"]}}             | GET | /v2/domains/example.com/records?type=A     | query
        {"query": {"type": ["TXT"]}}             | GET | /v2/domains/example.com/records?type=TXT&type=A | query
        {"query": {"type": ["TXT"]}}             | GET | /v2/domains/example.com/records?type=TXT&name=a | query
        """)
    void aConstraintThatDoesNotHoldRefuses(String constraints, String method, String target, String named) {
        Refused refused = (Refused) decide(method, target, null, "do:domain:example.com domain:read " + constraints);
        assertThat(refused.rule()).isEqualTo(CallVerdict.Rule.CONSTRAINT);
        assertThat(refused.message()).contains(named);
    }

    @Test
    void aConstraintThatHoldsDoesNotRefuse() {
        assertThat(decide("GET", "/v2/domains/example.com/records?type=TXT&page=2", null, "do:domain:example.com domain:read {\"query\": {\"type\": [\"TXT\"]},"
            + "\"methods\": [\"GET\"], \"client_addresses\": [\"198.51.100.0/24\"]}")).isInstanceOf(Allowed.class);
        assertThat(decide("GET", "/v2/domains/example.com", null, "do:domain:example.com domain:read {\"query\": {\"type\": [\"TXT\"]}}"))
            .isInstanceOf(Allowed.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        POST | /v2/databases/5/users       | {"name": "a"}                                       | do:database:5 database:update
        GET  | /v2/databases/5/users/a     |                                                     | do:database:5 database:read,database:view_credentials
        POST | /v2/spaces/keys             | {"name": "a", "grants": [{"bucket": "b", "permission": "read"}]} | do:bucket:b spaces_key:create_credentials
        """)
    void credentialThatOutlivesTheGrantIsHandedOutOnlyWhereTheEntrySaysSo(String method, String target, String body, String entry) {
        CallVerdict verdict = decide(method, target, body, entry);
        assertThat(verdict).isInstanceOf(Refused.class);
        assertThat(decide(method, target, body, entry + " {\"outlives\": false}")).isInstanceOf(Refused.class);
        if (((Refused) verdict).rule() == CallVerdict.Rule.CONSTRAINT) {
            assertThat(((Refused) verdict).message()).contains("outlives: true");
            assertThat(decide(method, target, body, entry + " {\"outlives\": true}")).isNotInstanceOf(Refused.class);
        }
    }

    @Test
    void anEntryWithoutALimitGoesBeforeOneWithALimit() {
        String limited = "do:firewall:1 firewall:read {\"max_calls\": 1, \"max_calls_per_minute\": 1}";
        assertThat(((Allowed) decide("GET", "/v2/firewalls/1", null, limited)).counted()).extracting(GrantEntry::index).containsExactly(0);
        assertThat(((Allowed) decide("GET", "/v2/firewalls/1", null, limited, "do:firewall:1 firewall:read")).counted()).isEmpty();
    }

    @Test
    void aGrantThatHasEndedOpensNothing() {
        assertThat(((Refused) AUTHORIZE.decide(call("GET", "/v2/droplets/1", null), grant("do:droplet:* droplet:read"), LATER)).rule())
            .isEqualTo(CallVerdict.Rule.NOT_VALID_NOW);
    }

    @Test
    void anEntryWithABrokenSchemaCoversNothing() {
        assertThat(decide("GET", "/v2/droplets/1", null, "do:droplet:1 droplet:read {\"body_schema\": {\"$ref\": \"https://example.com/x\"}}"))
            .isInstanceOf(Refused.class);
    }

    @Test
    void unknownPathsAndMethodsMatchNothing() {
        assertThat(OPERATIONS.match("GET", List.of("v2", "no-such-thing"))).isInstanceOf(Match.Unknown.class);
        assertThat(OPERATIONS.match("GET", List.of("v1", "models"))).isInstanceOf(Match.Unknown.class);
        assertThat(OPERATIONS.match("PATCH", List.of("v2", "firewalls"))).isEqualTo(new Match.MethodNotAllowed(Set.of("GET", "HEAD", "POST")));
        assertThat(OPERATIONS.match("DELETE", List.of("v2", "droplets", "autoscale"))).isInstanceOf(Match.MethodNotAllowed.class);
    }
}
