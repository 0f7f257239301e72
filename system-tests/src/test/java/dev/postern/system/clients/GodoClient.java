// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.LocalStack;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** DigitalOcean's MCP server: its tools call the API with godo, as doctl and Terraform's provider do. */
abstract class GodoClient {
    private static final String DOMAIN = "godo.example";
    private static final String OTHER_DROPLET = "300201";
    private static Account account;
    private static String token;

    @BeforeAll
    static void start(LocalStack stack) {
        Needed.nodeModule("@digitalocean/mcp");
        account = new Account(stack);
        account.zone(DOMAIN, 30);
        account.permitsWholeTypes();
        account.permits("godo-clients",
            List.of("domain:read", "domain:update", "droplet:create", "droplet:read", "droplet:update", "droplet:delete", "firewall:create",
                "firewall:read", "firewall:update", "firewall:delete"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"),
            Account.Entry.ownCreated("do:droplet:*", "droplet:create", "droplet:read", "droplet:update", "droplet:delete"),
            Account.Entry.ownCreated("do:firewall:*", "firewall:create", "firewall:read", "firewall:update", "firewall:delete"));
    }

    @Test
    void aDropletWithAFirewallLivesFromItsCreationToItsEndAndNothingElseIsReached() {
        List<JsonNode> said = tools("""
            [["droplet-create", {"Name": "made-by-godo", "Size": "s-1vcpu-1gb", "ImageSlug": "debian-12-x64", "Region": "fra1", "Backup": false, "Monitoring": false}],
             ["droplet-get", {"ID": "$1.id"}],
             ["droplet-list", {"Page": 1, "PerPage": 50}],
             ["reboot-droplet", {"ID": "$1.id"}],
             ["droplet-action", {"DropletID": "$1.id", "ActionID": "$4.id"}],
             ["firewall-create", {"Name": "made-by-godo", "InboundProtocol": "tcp", "InboundPortRange": "443", "InboundSource": "203.0.113.7",
               "OutboundProtocol": "tcp", "OutboundPortRange": "all", "OutboundDestination": "0.0.0.0/0", "DropletIDs": ["$1.id"], "Tags": []}],
             ["firewall-get", {"ID": "$6.id"}],
             ["firewall-delete", {"ID": "$6.id"}],
             ["droplet-delete", {"ID": "$1.id"}],
             ["droplet-get", {"ID": "$1.id"}],
             ["droplet-get", {"ID": %1$s}],
             ["power-off-droplet", {"ID": %1$s}]]""".formatted(OTHER_DROPLET));

        assertThat(said.subList(0, 9)).allSatisfy(each -> assertThat(each.path("failed").asBoolean()).as(each.toString()).isFalse());
        assertThat(said.get(2).toString()).contains("made-by-godo").doesNotContain("billing-db-1");
        assertThat(said.get(9).path("answer").asText()).as("a Droplet of its own that is gone").contains("404");
        assertThat(said.get(10).path("answer").asText()).contains("403").contains("This token lacks droplet:read");
        assertThat(said.get(11).path("answer").asText()).contains("403").contains("This token lacks droplet:update");
        assertThat(account.owns("GET", "/v2/droplets?name=made-by-godo", null).expect(200).json().path("droplets")).isEmpty();
    }

    @Test
    void recordsAreKeptInOneDomain() {
        List<JsonNode> said = tools("""
            [["domain-record-create", {"Domain": "%1$s", "Type": "TXT", "Name": "godo", "Data": "one"}],
             ["domain-record-edit", {"Domain": "%1$s", "RecordID": "$1.id", "Type": "TXT", "Name": "godo", "Data": "two"}],
             ["domain-record-list", {"Domain": "%1$s", "Page": 2, "PerPage": 20}],
             ["domain-record-delete", {"Domain": "%1$s", "RecordID": "$1.id"}],
             ["domain-record-create", {"Domain": "billing.example", "Type": "TXT", "Name": "godo", "Data": "one"}]]""".formatted(DOMAIN));

        assertThat(said.subList(0, 4)).allSatisfy(each -> assertThat(each.path("failed").asBoolean()).as(each.toString()).isFalse());
        assertThat(said.get(1).path("answer").path("data").asText()).isEqualTo("two");
        assertThat(said.get(2).path("answer")).hasSize(11);
        assertThat(said.get(4).path("answer").asText()).contains("403").contains("do:domain:billing.example");
        assertThat(account.records(DOMAIN)).isEqualTo(30);
    }

    private static List<JsonNode> tools(String calls) {
        Run.Ended run = Run.command("node", Needed.root().resolve("system-tests/src/test/clients/node/mcp.js").toString(), calls)
            .with("NODE_PATH", Needed.NODE_MODULES.toString()).with("POSTERN_GATEWAY", account.gateway()).with("POSTERN_TOKEN", token).start().succeeded();
        List<JsonNode> said = new ArrayList<>();
        run.output().lines().filter(line -> line.startsWith("{")).forEach(line -> said.add(NpmClients.json(line)));
        return said;
    }
}
