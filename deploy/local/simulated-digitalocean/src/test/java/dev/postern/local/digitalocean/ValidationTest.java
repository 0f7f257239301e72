// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import dev.postern.local.simulated.Simulation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refused calls: their status and message, and that they change nothing. */
class ValidationTest {
    private static SimulatedDigitalOcean simulation;
    private static Client client;

    @BeforeAll
    static void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests());
        client = new Client(simulation);
    }

    @AfterAll
    static void close() {
        simulation.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "7", "\"text\"", "{} {}", "{\"name\":\"a\",\"name\":\"b\"}", "{\"name\":\"a\u0000b\"}", "{'name':'a'}"})
    void whatIsNoJsonObjectIs400(String body) {
        Client.Reply reply = client.post("/v2/firewalls", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.errorId()).isEqualTo("bad_request");
        assertThat(reply.json().get("request_id").asText()).isNotEmpty();
    }

    @Test
    void deepNestingAndGreatSizeAreRefused() {
        assertThat(client.post("/v2/firewalls", "{\"name\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}").status()).isEqualTo(400);
        assertThat(client.post("/v2/firewalls", "{\"name\":\"" + "a".repeat(Simulation.BODY_BYTES_MAX) + "\"}").status()).isEqualTo(413);
    }

    @Test
    void anotherContentTypeIs415() {
        assertThat(client.call("POST", "/v2/firewalls", "name=a", "application/x-www-form-urlencoded").status()).isEqualTo(415);
        assertThat(client.call("POST", "/v2/tags", "{\"name\":\"typed\"}", "application/json; charset=utf-8").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22", "1", "65535", "8000-9000", "0", "80-80", "all"})
    void portsAsTheApiWritesThemAreTaken(String ports) {
        String body = Firewalls.named("ports-" + ports, Firewalls.rule(ports, "203.0.113.7"));
        assertThat(client.post("/v2/firewalls", body).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "65536", "9000-8000", "0-10", "80,443", "080", "http", "1-2-3", " 22", "8000-", "ALL"})
    void otherPortsAre422(String ports) {
        assertThat(client.post("/v2/firewalls", Firewalls.named("refused", Firewalls.rule(ports, "203.0.113.7"))).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "203.0.113.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/64", "::/0", "203.0.113.7/24"})
    void addressesAndNetworksAreTaken(String address) {
        String body = Firewalls.named("a" + Integer.toHexString(address.hashCode()), Firewalls.rule("22", address));
        assertThat(client.post("/v2/firewalls", body).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "203.0.113", "203.0.113.256", "203.0.113.07", "203.0.113.7/33", "203.0.113.7/-1", "203.0.113.7/", "localhost", "2001:db8::/129",
        "2001:db8:::1", "::ffff:1.2.3.4", "fe80::1%eth0", "1.2.3.4 ", "0x7f.1", "2130706433"})
    void whatIsNoAddressIs422(String address) {
        assertThat(client.post("/v2/firewalls", Firewalls.named("refused", Firewalls.rule("22", address))).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"inbound_rules\":[]}",
        "{\"name\":\"refused\"}",
        "{\"name\":\"refused\",\"inbound_rules\":[]}",
        "{\"name\":7,\"inbound_rules\":[]}",
        "{\"name\":\"-refused\",\"inbound_rules\":[RULE]}",
        "{\"name\":\"re fused\",\"inbound_rules\":[RULE]}",
        "{\"name\":\"refused\",\"inbound_rules\":{}}",
        "{\"name\":\"refused\",\"inbound_rules\":[7]}",
        "{\"name\":\"refused\",\"inbound_rules\":[RULE],\"tags\":[\"no-such-tag\"]}",
        "{\"name\":\"refused\",\"inbound_rules\":[RULE],\"tags\":\"shop-db\"}",
        "{\"name\":\"refused\",\"inbound_rules\":[RULE],\"droplet_ids\":[7]}",
        "{\"name\":\"refused\",\"inbound_rules\":[RULE],\"droplet_ids\":[\"30010x\"]}",
        "{\"name\":\"refused\",\"inbound_rules\":[RULE],\"droplet_ids\":[1e400]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"sctp\",\"ports\":\"22\",\"sources\":{\"addresses\":[\"1.2.3.4\"]}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":22,\"sources\":{\"addresses\":[\"1.2.3.4\"]}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"sources\":{\"addresses\":[\"1.2.3.4\"]}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"22\"}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"22\",\"sources\":{}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"22\",\"destinations\":{\"addresses\":[\"1.2.3.4\"]}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"22\",\"sources\":{\"addresses\":[7]}}]}",
        "{\"name\":\"refused\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"22\",\"action\":\"drop\",\"sources\":{\"addresses\":[\"1.2.3.4\"]}}]}"
    })
    void aFirewallThatDoesNotFitIs422AndIsNotCreated(String body) {
        Client.Reply reply = client.post("/v2/firewalls", body.replace("RULE", Firewalls.rule("22", "203.0.113.7")));
        assertThat(reply.status()).describedAs(reply.body()).isEqualTo(422);
        assertThat(simulation.byHand().firewallNamed("refused")).isEmpty();
    }

    @Test
    void dropletsMayBeNamedByTheTextOfTheirIds() {
        String body = "{\"name\":\"text\",\"droplet_ids\":[\"300101\"],\"inbound_rules\":[" + Firewalls.rule("22", "203.0.113.7") + "]}";
        assertThat(client.post("/v2/firewalls", body).json().at("/firewall/droplet_ids/0").asLong()).isEqualTo(300_101);
    }

    @Test
    void icmpIsAlwaysShownWithPortsZero() {
        Client.Reply reply = client.post("/v2/firewalls", Firewalls.named("icmp", Firewalls.ruleWith("icmp", "8", "allow", "203.0.113.7")));
        assertThat(reply.json().at("/firewall/inbound_rules/0/ports").asText()).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/firewalls/no-such-firewall", "/v2/droplets/7", "/v2/droplets/x", "/v2/droplets/-1", "/v2/droplets/99999999999999999999",
        "/v2/tags/none", "/v2/domains/none.example", "/v2/domains/shop.example/records/7", "/v2/projects/none", "/v2/registries/none", "/v2", "/v2/",
        "/", "/v2/firewalls//", "/v2//firewalls", "/v2/registries/acme/repositories/none/tags", "/v1/firewalls", "/v2/firewalls/%2e%2e/firewalls/x/y"})
    void whatIsNotThereIs404(String path) {
        Client.Reply reply = client.get(path);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.errorId()).isEqualTo("not_found");
    }

    @Test
    void oneSlashAtTheEndChangesNothing() {
        assertThat(client.get("/v2/domains/?per_page=200").json()).isEqualTo(client.get("/v2/domains?per_page=200").json());
        assertThat(client.get("/v2/domains/shop.example/records/").status()).isEqualTo(200);
    }

    @Test
    void aRecordsNameInFullIsKeptRelativeToItsZone() {
        String record = "{\"type\":\"TXT\",\"name\":\"%s\",\"data\":\"proof\"}";
        String records = "/v2/domains/shop.example/records";
        assertThat(client.post(records, record.formatted("a.b.shop.example.")).json().at("/domain_record/name").asText()).isEqualTo("a.b");
        assertThat(client.post(records, record.formatted("shop.example.")).json().at("/domain_record/name").asText()).isEqualTo("@");
        assertThat(client.post(records, record.formatted("shop.example")).json().at("/domain_record/name").asText()).isEqualTo("shop.example");
    }

    @Test
    void headIsGetWithoutItsBody() {
        Client.Reply head = client.call("HEAD", "/v2/droplets/300101", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("content-length")).isEqualTo(String.valueOf(client.get("/v2/droplets/300101").body().length()));
        assertThat(client.call("HEAD", "/v2/droplets/7", null).status()).isEqualTo(404);
    }

    @Test
    void linksNeverLeadToTheHostThatWasAsked() {
        String page = client.get("/v2/tags?per_page=1").body() + client.get("/v2/tags/shop").body();
        assertThat(page).contains(Settings.LINK_BASE).doesNotContain(simulation.url()).doesNotContain("localhost");
    }

    @Test
    void anotherMethodIs405AndSaysWhichThereAre() {
        Client.Reply reply = client.call("PATCH", "/v2/firewalls", "{}");
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("allow")).isEqualTo("GET, POST");
    }

    @Test
    void withoutAKnownTokenEverythingIs401() {
        for (String token : new String[] {null, "unknown", "", "dop_v1_simulated_local_stack x"}) {
            Client.Reply reply = new Client(simulation.url(), token).get("/v2/account");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.errorId()).isEqualTo("Unauthorized");
        }
    }

    @Test
    void aProjectWithResourcesIsNotDeletedAndAUrnMovesFromProjectToProject() {
        String id = client.post("/v2/projects", "{\"name\":\"Moves\",\"purpose\":\"p\"}").json().at("/project/id").asText();
        String resources = "/v2/projects/" + id + "/resources";
        assertThat(client.post(resources, "{\"resources\":[\"do:droplet:300301\"]}").json().at("/resources/0/status").asText()).isEqualTo("assigned");
        assertThat(client.post(resources, "{\"resources\":[\"do:droplet:300301\"]}").json().at("/resources/0/status").asText()).isEqualTo("already_assigned");
        assertThat(client.post(resources, "{\"resources\":[\"do:droplet:7\"]}").json().at("/resources/0/status").asText()).isEqualTo("not_found");
        assertThat(client.post(resources, "{\"resources\":[\"do:firewall:7\"]}").status()).describedAs("projects hold no firewalls").isEqualTo(422);
        assertThat(client.delete("/v2/projects/" + id).status()).isEqualTo(412);
        client.post("/v2/projects/default/resources", "{\"resources\":[\"do:droplet:300301\"]}");
        assertThat(client.delete("/v2/projects/" + id).status()).isEqualTo(204);
    }

    @Test
    void aWriteThatFailsChangesNothing() {
        List<ByHand.FirewallSnapshot> before = simulation.byHand().firewalls();
        String id = before.get(0).id();
        client.put("/v2/firewalls/" + id, "{\"name\":\"base-shop\"}");
        client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("22", "203.0.113.7"), Firewalls.rule("x", "203.0.113.7")));
        client.post("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[300101,7]}");
        client.delete("/v2/firewalls/" + id + "/rules", "{}");
        assertThat(simulation.byHand().firewalls()).isEqualTo(before);
    }
}
