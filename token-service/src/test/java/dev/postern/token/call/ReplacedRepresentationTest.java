// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.AUTHORIZE;
import static dev.postern.token.call.Calls.NOON;
import static dev.postern.token.call.Calls.call;
import static dev.postern.token.call.Calls.decide;
import static dev.postern.token.call.Calls.grant;
import static dev.postern.token.call.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.operation.Operation;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The body of a PUT replaces what is there: what it leaves out is taken away, and that needs the scope for it. */
class ReplacedRepresentationTest {
    private static final String OWN = "do:firewall:7 firewall:update";
    private static final String RULES = "\"inbound_rules\": [{\"protocol\": \"tcp\", \"ports\": \"443\", \"sources\": {\"addresses\": [\"203.0.113.7\"]}}]";
    private static final String SHOWN = "{\"firewall\": {\"id\": \"7\", \"name\": \"web\", \"status\": \"succeeded\", \"droplet_ids\": [1, 2], \"tags\": [\"shop\"],"
        + RULES + ", \"outbound_rules\": [], \"pending_changes\": []}}";

    @ParameterizedTest
    @ValueSource(strings = {"", "\"droplet_ids\": [], ", "\"droplet_ids\": null, ", "\"tags\": [], ", "\"droplet_ids\": [], \"tags\": null, ",
        "\"droplet_ids\": \"\", ", "\"droplet_ids\": {}, ", "\"droplet_ids\": [null], "})
    void firewallIsNotTakenOffItsDropletsByLeavingThemOut(String members) {
        String body = "{\"name\": \"web\", " + members + RULES + "}";
        Refused refused = (Refused) decide("PUT", "/v2/firewalls/7", body, OWN);
        assertThat(refused.missingScope().orElseThrow()).contains("droplet:update");
        assertThat(refused.missingResource().orElseThrow()).contains("do:droplet:*").contains("do:tag:*");
        assertThat(refused.message()).contains("/droplet_ids/*").contains("/tags/*");
        Refused seen = (Refused) shown("/v2/firewalls/7", body, SHOWN, OWN);
        assertThat(seen.missing()).extracting(one -> one.scope() + " " + one.resource().orElseThrow())
            .containsExactlyInAnyOrder("droplet:update do:droplet:1", "droplet:update do:droplet:2", "droplet:update do:tag:shop");
        assertThat(seen.shownAt()).isEmpty();
    }

    @Test
    void putThatSaysExactlyWhatIsThereNeedsNothingButItsOwnScope() {
        String body = "{\"name\": \"other\", \"droplet_ids\": [2, 1], \"tags\": [\"shop\"], " + RULES.replace("443", "8443") + "}";
        assertThat(((Refused) decide("PUT", "/v2/firewalls/7", body, OWN)).shownAt()).isPresent();
        assertThat(shown("/v2/firewalls/7", body, SHOWN, OWN)).isInstanceOf(Allowed.class);
        assertThat(decide("PUT", "/v2/firewalls/7", body, OWN, "do:droplet:1 droplet:update", "do:droplet:2 droplet:update", "do:tag:shop droplet:update"))
            .as("without asking the provider nobody knows what else is there").isInstanceOf(Refused.class);
    }

    @Test
    void putIsJudgedByWhatItChanges() {
        String body = "{\"name\": \"web\", \"droplet_ids\": [1, 3], \"tags\": [\"shop\"], " + RULES + "}";
        Refused refused = (Refused) shown("/v2/firewalls/7", body, SHOWN, OWN);
        assertThat(refused.missingResource()).contains("do:droplet:3, do:droplet:2");
        assertThat(shown("/v2/firewalls/7", body, SHOWN, OWN, "do:droplet:3 droplet:update", "do:droplet:2 droplet:update")).isInstanceOf(Allowed.class);
    }

    /** Terraform and doctl leave out the tags that DigitalOcean gives to clusters, and DigitalOcean leaves them where they are. */
    @Test
    void tagsThatTheProviderGivesToAClusterAreNotTakenAwayByLeavingThemOut() {
        String shown = "{\"node_pool\": {\"name\": \"web\", \"count\": 2, \"tags\": [\"k8s\", \"k8s:5\", \"k8s:worker\"%s]}}";
        String body = "{\"name\": \"web\", \"count\": 3}";
        String path = "/v2/kubernetes/clusters/5/node_pools/6";
        assertThat(shown(path, body, shown.formatted(""), "do:kubernetes:5 kubernetes:update")).isNotInstanceOf(Refused.class);
        Refused refused = (Refused) shown(path, body, shown.formatted(", \"k8st\", \"shop\""), "do:kubernetes:5 kubernetes:update");
        assertThat(refused.missingResource()).contains("do:tag:k8st, do:tag:shop");
        Refused firewall = (Refused) shown("/v2/firewalls/7", "{\"name\": \"web\"}", "{\"firewall\": {\"tags\": [\"k8s:5\"]}}", OWN);
        assertThat(firewall.missingResource()).as("of a firewall they are what it stands before").contains("do:tag:k8s:5");
    }

    /** A rule is compared as a whole for each tag in it: whoever chooses both must not choose how long that takes. */
    @Test
    void comparingManyTagsInManyLongRulesTakesNoLongerThanOtherChecks() {
        String addresses = String.join(",", java.util.Collections.nCopies(300, "\"192.0.2.1\""));
        String tags = String.join(",", java.util.Collections.nCopies(90, "\"shop\""));
        StringBuilder before = new StringBuilder();
        StringBuilder after = new StringBuilder();
        for (int port = 1; port <= 50; port++) {
            String rule = "%s{\"protocol\": \"tcp\", \"ports\": \"%d\", \"sources\": {\"addresses\": [%s], \"tags\": [%s]}}";
            before.append(rule.formatted(port == 1 ? "" : ",", port, addresses, tags));
            after.append(rule.formatted(port == 1 ? "" : ",", port + 100, addresses, tags));
        }
        String shown = "{\"firewall\": {\"name\": \"web\", \"inbound_rules\": [" + before + "]}}";
        long begun = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(shown("/v2/firewalls/7", "{\"name\": \"web\", \"inbound_rules\": [" + before + "]}", shown, OWN)).isInstanceOf(Allowed.class);
        Refused refused = (Refused) shown("/v2/firewalls/7", "{\"name\": \"web\", \"inbound_rules\": [" + after + "]}", shown, OWN);
        assertThat(refused.missingResource()).contains("do:tag:shop");
        assertThat((java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun) / 1_000_000).as("ms").isLessThan(500);
    }

    @Test
    void ownScopeIsAskedBeforeTheProviderIs() {
        Refused refused = (Refused) decide("PUT", "/v2/firewalls/8", "{\"name\": \"web\"}", OWN);
        assertThat(refused.shownAt()).as("the provider is not asked about what the token does not open").isEmpty();
    }

    @Test
    void namesBesideAReferenceCountWhereTheyStandInOneElement() {
        String shown = "{\"app\": {\"spec\": {\"name\": \"a\", \"databases\": [{\"name\": \"db\", \"cluster_name\": \"main\", \"db_user\": \"reader\"}]}}}";
        String same = "{\"spec\": {\"name\": \"b\", \"databases\": [{\"name\": \"db\", \"cluster_name\": \"main\", \"db_user\": \"reader\"}]}}";
        assertThat(shown("/v2/apps/5", same, shown, "do:app:5 app:update")).isNotInstanceOf(Refused.class);
        assertThat(shown("/v2/apps/5", same.replace("reader", "doadmin"), shown, "do:app:5 app:update")).isInstanceOf(Refused.class);
        assertThat(shown("/v2/apps/5", same.replace(", \"db_user\": \"reader\"", ""), shown, "do:app:5 app:update")).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /v2/load_balancers/5 | do:load_balancer:5 load_balancer:update | {"name": "a", "region": "fra1"} | {"load_balancer": {"id": "5", "droplet_ids": [9]}} | do:droplet:9
        /v2/load_balancers/5 | do:load_balancer:5 load_balancer:update | {"name": "a", "tag": null} | {"load_balancer": {"id": "5", "tag": "web"}} | do:tag:web
        /v2/databases/5/firewall | do:database:5 database:update | {"rules": []} | {"rules": [{"type": "droplet", "value": "9"}, {"type": "ip_addr", "value": "192.0.2.1"}]} | do:droplet:9
        /v2/databases/5/firewall | do:database:5 database:update | {} | {"rules": [{"type": "k8s", "value": "c1"}]} | do:kubernetes:c1
        /v2/cdn/endpoints/5 | do:cdn:5 cdn:update | {"ttl": 60} | {"endpoint": {"id": "5", "certificate_id": "9"}} | do:certificate:9
        /v2/vpc_nat_gateways/5 | do:nat_gateway:5 nat_gateway:update | {"name": "a"} | {"vpc_nat_gateway": {"id": "5", "vpcs": [{"vpc_uuid": "9"}]}} | do:vpc:9
        /v2/droplets/autoscale/5 | do:autoscale_pool:5 droplet:create | {"name": "a"} | {"autoscale_pool": {"id": "5", "droplet_template": {"tags": ["web"]}}} | do:tag:web
        /v2/monitoring/alerts/5 | do:alert_policy:5 monitoring:update | {"type": "v1/insights/droplet/cpu", "tags": ["a"]} | {"policy": {"uuid": "5", "type": "v1/insights/droplet/cpu", "entities": ["9"], "tags": ["a"]}} | do:droplet:9
        /v2/projects/5 | do:project:5 project:update | {"name": "a", "is_default": true} | {"project": {"id": "5", "is_default": false}} | do:project:*
        /v2/gen-ai/knowledge_bases/5 | do:knowledge_base:5 genai:update | {"name": "a"} | {"knowledge_base": {"uuid": "5", "database_id": "9"}} | do:database:9
        """)
    void everyWholeRepresentationIsJudgedByWhatItLeavesOut(String path, String own, String body, String shown, String taken) {
        assertThat(decide("PUT", path, body, own)).isInstanceOf(Refused.class);
        Refused refused = (Refused) shown(path, body, shown, own);
        assertThat(refused.missingResource().orElseThrow()).isEqualTo(taken);
    }

    @Test
    void patchReplacesTheMembersThatItHas() {
        String own = "do:partner_attachment:5 partner_network_connect:write";
        assertThat(decide("PATCH", "/v2/partner_network_connect/attachments/5", "{\"name\": \"a\"}", own)).isInstanceOf(Allowed.class);
        for (String body : new String[] {"{\"vpc_ids\": []}", "{\"vpc_ids\": null}", "{\"vpc_ids\": [\"v2\"]}"}) {
            assertThat(decide("PATCH", "/v2/partner_network_connect/attachments/5", body, own, "do:vpc:v2 vpc:update")).as(body).isInstanceOf(Refused.class);
        }
    }

    /** Leaving a member out is never more than naming it: with the scope on one named resource it passes nowhere, with the whole type it may. */
    @Test
    void leavingAReferenceOutIsNeverMorePermittedThanNamingIt() {
        Set<String> walked = new TreeSet<>();
        for (Operation operation : Calls.OPERATIONS.all()) {
            if (!operation.served() || operation.replacement().isEmpty() || operation.replacement().get().partial()) {
                continue;
            }
            WholeCall whole = new WholeCall(operation);
            CallGrant named = CallGrant.of(whole.grant().stream().filter(entry -> !entry.identifier().wildcard()).toList(), Calls.LATER, java.util.Map.of());
            ApiCall full = whole.call();
            for (String empty : new String[] {null, "{}", "[]", "null"}) {
                ApiCall without = new ApiCall(operation, full.method(), full.parameters(), full.query(), java.util.Optional.ofNullable(empty).map(Calls::json),
                    Calls.CALLER);
                assertThat(AUTHORIZE.decide(without, named, NOON)).as(operation.id() + " " + empty).isInstanceOf(Refused.class);
            }
            walked.add(operation.id().value());
        }
        assertThat(walked).contains("firewalls_update", "loadBalancers_update", "apps_update", "databases_update_firewall_rules", "cdn_update_endpoints",
            "projects_update", "monitoring_update_alertPolicy", "autoscalepools_update", "kubernetes_update_nodePool", "vpcnatgateways_update",
            "vectorDatabases_update", "vectorDatabases_update_tags", "genai_update_agent", "genai_update_knowledge_base").hasSizeGreaterThan(14);
    }

    private static CallVerdict shown(String path, String body, String shown, String... entries) {
        return AUTHORIZE.decide(call("PUT", path, body), grant(entries), NOON, json(shown));
    }
}
