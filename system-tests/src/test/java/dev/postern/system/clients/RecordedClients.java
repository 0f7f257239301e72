// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.stack.LocalStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that no package source has: the requests that they make, one after the other, each with what the answer to the one before it says. */
abstract class RecordedClients {
    private static final String DOMAIN = "recorded.example";
    private static final int RECORDS = 60;
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** The body that godo sends, with every member that has no value. */
    private static final String GODO_DROPLET = """
        {"name":"%s","region":"fra1","size":"s-1vcpu-1gb","image":"debian-12-x64","ssh_keys":[],"backups":false,"ipv6":false,"private_networking":false,\
        "monitoring":false,"tags":%s}""";
    private static Account account;
    private static String token;

    @BeforeAll
    static void start(LocalStack stack) {
        account = new Account(stack);
        account.zone(DOMAIN, RECORDS);
        account.permitsWholeTypes();
        account.permits("recorded-clients", List.of("domain:read", "domain:update", "droplet:create", "droplet:read", "droplet:update", "droplet:delete",
            "firewall:create", "firewall:read", "firewall:update", "firewall:delete", "actions:read", "account:read"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"),
            Account.Entry.ownCreated("do:droplet:*", "droplet:create", "droplet:read", "droplet:update", "droplet:delete", "actions:read"),
            Account.Entry.ownCreated("do:firewall:*", "firewall:create", "firewall:read", "firewall:update", "firewall:delete"));
    }

    /** {@code doctl compute droplet create --wait}: it follows the link of the action that creates the Droplet. */
    @Test
    void doctlWaitsForTheDropletThatItMakes() {
        JsonNode made = json(call("POST", "/v2/droplets", GODO_DROPLET.formatted("made-by-doctl", "null")), 202);
        assertThat(made.at("/links/actions/0/rel").asText()).isEqualTo("create");
        URI action = URI.create(made.at("/links/actions/0/href").asText());
        assertThat(action.toString()).as("the link of the action").startsWith(account.gateway() + "/v2/actions/");
        await().atMost(Duration.ofSeconds(20)).until(() -> json(call("GET", action.getPath(), null), 200).at("/action/status").asText().equals("completed"));
        String droplet = "/v2/droplets/" + made.at("/droplet/id").asText();
        assertThat(json(call("GET", droplet, null), 200).at("/droplet/status").asText()).isEqualTo("active");
        assertThat(call("DELETE", droplet, null).statusCode()).isEqualTo(204);
    }

    /** Terraform: apply, refresh, and destroy, which waits until the Droplet answers 404. */
    @Test
    void terraformAppliesAndDestroysADropletWithAFirewall() {
        String id = json(call("POST", "/v2/droplets", GODO_DROPLET.formatted("made-by-terraform", "[]")), 202).at("/droplet/id").asText();
        String droplet = "/v2/droplets/" + id;
        await().atMost(Duration.ofSeconds(20)).until(() -> json(call("GET", droplet, null), 200).at("/droplet/status").asText().equals("active"));
        JsonNode made = json(call("POST", "/v2/firewalls", """
            {"name":"made-by-terraform","inbound_rules":[{"protocol":"tcp","ports":"443","sources":{"addresses":["203.0.113.7/32"]}}],\
            "outbound_rules":[{"protocol":"tcp","ports":"1-65535","destinations":{"addresses":["0.0.0.0/0","::/0"]}},\
            {"protocol":"icmp","destinations":{"addresses":["0.0.0.0/0"]}}],"droplet_ids":[%s],"tags":null}""".formatted(id)), 202);
        String firewall = "/v2/firewalls/" + made.at("/firewall/id").asText();

        assertThat(json(call("GET", droplet, null), 200).at("/droplet/locked").asBoolean()).isFalse();
        JsonNode read = json(call("GET", firewall, null), 200).path("firewall");
        assertThat(read.at("/droplet_ids/0").asText()).isEqualTo(id);
        assertThat(read.at("/inbound_rules/0").has("action")).isFalse();
        HttpResponse<String> update = call("PUT", firewall, """
            {"name":"made-by-terraform","inbound_rules":[{"protocol":"tcp","ports":"443","sources":{"addresses":["203.0.113.8/32"]}}],"outbound_rules":null,\
            "droplet_ids":[%s],"tags":null}""".formatted(id));
        assertThat(update.statusCode()).as(update.body()).isEqualTo(200);

        assertThat(call("DELETE", firewall, null).statusCode()).isEqualTo(204);
        assertThat(call("DELETE", droplet, null).statusCode()).isEqualTo(204);
        assertThat(call("GET", droplet, null).statusCode()).as("a Droplet of its own that is gone").isEqualTo(404);
        assertThat(call("GET", firewall, null).statusCode()).as("a firewall of its own that is gone").isEqualTo(404);
    }

    /** Terraform, when the token does not reach what its state names: it fails, where a 404 would make it create the Droplet again. */
    @Test
    void terraformIsToldThatItsTokenDoesNotReachAResource() {
        HttpResponse<String> answer = call("GET", "/v2/droplets/300201", null);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("postern-missing-scope")).hasValue("droplet:read");
    }

    /** acme.sh, {@code dns_dgon}: it reads answers by pattern, and follows the last {@code http…page=…} after {@code "next"}. */
    @Test
    void acmeShFindsItsRecordOnALaterPage() {
        assertThat(call("GET", "/v2/domains", null).body()).containsPattern("\"name\"\\s*:\\s*\"" + DOMAIN + "\"");
        json(call("POST", "/v2/domains/" + DOMAIN + "/records", "{\"type\":\"TXT\",\"name\":\"_acme-challenge.www\",\"data\":\"proof\",\"ttl\":120}"), 201);
        String page = account.gateway() + "/v2/domains/" + DOMAIN + "/records";
        Pattern record = Pattern.compile("\"id\"\\s*:\\s*\"*([0-9]+)\"*[^}]*\"name\"\\s*:\\s*\"_acme-challenge.www\"[^}]*\"data\"\\s*:\\s*\"proof\"");
        Pattern next = Pattern.compile("\"links\".*\"next\".*(http.*page=[0-9]+)");
        int pages = 0;
        int removed = 0;
        while (page != null) {
            pages++;
            assertThat(page).startsWith(account.gateway());
            String body = Account.call(HTTP, token, "GET", page, null).body();
            for (Matcher found = record.matcher(body); found.find();) {
                // An empty form, as curl sends it with --data ''.
                assertThat(Account.call(HTTP, token, "DELETE", account.gateway() + "/v2/domains/" + DOMAIN + "/records/" + found.group(1), "").statusCode())
                    .isEqualTo(204);
                removed++;
            }
            Matcher link = next.matcher(body);
            page = link.find() ? link.group(1).substring(link.group(1).lastIndexOf("http")) : null;
        }
        assertThat(pages).isEqualTo(4);
        assertThat(removed).isEqualTo(1);
        assertThat(account.records(DOMAIN)).isEqualTo(RECORDS);
    }

    /** ddclient 4: it finds the record by its whole name, and patches it. */
    @Test
    void ddclientUpdatesAnAddress() {
        JsonNode found = json(call("GET", "/v2/domains/" + DOMAIN + "/records?name=host-7." + DOMAIN + "&type=A", null), 200);
        assertThat(found.at("/meta/total").asInt()).isEqualTo(1);
        String record = "/v2/domains/" + DOMAIN + "/records/" + found.at("/domain_records/0/id").asText();
        assertThat(json(call("PATCH", record, "{\"type\":\"A\",\"data\":\"192.0.2.200\"}"), 200).at("/domain_record/data").asText()).isEqualTo("192.0.2.200");
    }

    /** octodns: it counts pages until there is no next one, and takes a 404 for a zone that is to be made. */
    @Test
    void octodnsReadsItsZoneAndIsRefusedAnother() {
        assertThat(call("GET", "/v2/domains/" + DOMAIN, null).statusCode()).isEqualTo(200);
        int records = 0;
        boolean more = true;
        for (int page = 1; more; page++) {
            JsonNode answer = json(call("GET", "/v2/domains/" + DOMAIN + "/records?page=" + page, null), 200);
            records += answer.path("domain_records").size();
            more = answer.path("links").path("pages").has("next");
        }
        assertThat(records).isGreaterThanOrEqualTo(RECORDS);
        assertThat(call("GET", "/v2/domains/billing.example", null).statusCode()).as("no 404, or it would make the zone").isEqualTo(403);
    }

    /** The grant for one firewall in docs/gateway.md, with the body that godo writes for it. */
    @Test
    void theSchemaOfTheGatewaysDocumentPermitsWhatGodoWrites() throws IOException {
        JsonNode entry = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Needed.root().resolve("docs/gateway.md"))).results()
            .map(block -> NpmClients.json(block.group(1))).filter(block -> block.path("identifier").asText().startsWith("do:firewall:")).findFirst()
            .orElseThrow();
        String adder = account.token(entry);
        String firewall = entry.path("identifier").asText().substring("do:firewall:".length());
        String rules = account.gateway() + "/v2/firewalls/" + firewall + "/rules";
        String body = "{\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"%s\",\"sources\":{\"addresses\":[\"203.0.113.7\"]}}],\"outbound_rules\":null}";
        assertThat(Account.call(HTTP, adder, "POST", rules, body.formatted("22")).statusCode()).isEqualTo(403);
        HttpResponse<String> answer = Account.call(HTTP, adder, "POST", rules, body.formatted("443"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    private static HttpResponse<String> call(String method, String path, String body) {
        return Account.call(HTTP, token, method, account.gateway() + path, body);
    }

    private static JsonNode json(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return NpmClients.json(answer.body());
    }
}
