// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits of a firewall: 50 rules in all, 1,000 sources of a rule, 10 Droplets, 5 tags, one name. */
class LimitsTest {
    private SimulatedDigitalOcean simulation;
    private Client client;

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests());
        client = new Client(simulation);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void aFirewallHasAtMost50RulesInboundAndOutboundTogether() {
        String[] rules = IntStream.rangeClosed(1, 49).mapToObj(port -> Firewalls.rule("" + port, "203.0.113.7")).toArray(String[]::new);
        String outbound = "{\"protocol\":\"tcp\",\"ports\":\"0\",\"destinations\":{\"addresses\":[\"0.0.0.0/0\"]}}";
        String body = Firewalls.named("fw", rules).replace("\"tags\"", "\"outbound_rules\":[" + outbound + "],\"tags\"");
        String id = Firewalls.create(client, body);
        assertThat(client.get("/v2/firewalls/" + id).status()).isEqualTo(200);

        Client.Reply more = client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("51", "203.0.113.7")));
        assertThat(more.status()).isEqualTo(422);
        assertThat(more.errorId()).isEqualTo("unprocessable_entity");
        assertThat(client.get("/v2/firewalls/" + id).json().at("/firewall/inbound_rules")).hasSize(49);
    }

    @Test
    void aRuleHasAtMost1000Sources() {
        assertThat(client.post("/v2/firewalls", Firewalls.named("full", Firewalls.rule("5432", Firewalls.addresses(1_000)))).status()).isEqualTo(202);
        assertThat(client.post("/v2/firewalls", Firewalls.named("over", Firewalls.rule("5432", Firewalls.addresses(1_001)))).status()).isEqualTo(422);
    }

    @Test
    void aFirewallOf50RulesWith1000SourcesEachIsTaken() {
        String[] rules = IntStream.rangeClosed(1, 50).mapToObj(port -> Firewalls.rule("" + port, Firewalls.addresses(1_000))).toArray(String[]::new);
        assertThat(client.post("/v2/firewalls", Firewalls.named("fw", rules)).status()).isEqualTo(202);
    }

    @Test
    void aFirewallHasAtMost10DropletsAnd5Tags() {
        String droplets = IntStream.range(0, 11).mapToObj(at -> "" + simulation.byHand().addDroplet("d-" + at)).collect(Collectors.joining(","));
        String tags = IntStream.range(0, 6).mapToObj(at -> {
            simulation.byHand().addTag("t-" + at);
            return "\"t-" + at + "\"";
        }).collect(Collectors.joining(","));
        String id = Firewalls.create(client, "{\"name\":\"fw\",\"inbound_rules\":[" + Firewalls.rule("22", "203.0.113.7") + "]}");

        assertThat(client.post("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[" + droplets + "]}").status()).isEqualTo(422);
        assertThat(client.post("/v2/firewalls/" + id + "/tags", "{\"tags\":[" + tags + "]}").status()).isEqualTo(422);
        assertThat(client.post("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[" + droplets.substring(droplets.indexOf(',') + 1) + "]}").status())
            .isEqualTo(204);
        assertThat(client.post("/v2/firewalls/" + id + "/tags", "{\"tags\":[" + tags.substring(tags.indexOf(',') + 1) + "]}").status()).isEqualTo(204);
    }

    @Test
    void aNameIsTakenOnce() {
        String id = Firewalls.create(client, Firewalls.named("one", Firewalls.rule("22", "203.0.113.7")));
        Firewalls.create(client, Firewalls.named("two", Firewalls.rule("22", "203.0.113.7")));

        Client.Reply duplicate = client.post("/v2/firewalls", Firewalls.named("two", Firewalls.rule("22", "203.0.113.7")));
        assertThat(duplicate.status()).isEqualTo(409);
        assertThat(duplicate.errorId()).isEqualTo("conflict");
        assertThat(client.put("/v2/firewalls/" + id, Firewalls.named("two", Firewalls.rule("22", "203.0.113.7"))).status()).isEqualTo(409);
        assertThat(client.put("/v2/firewalls/" + id, Firewalls.named("one", Firewalls.rule("22", "203.0.113.7"))).status()).isEqualTo(200);
    }
}
