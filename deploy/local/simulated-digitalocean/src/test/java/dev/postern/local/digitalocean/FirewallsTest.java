// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of the firewall API and their effects. */
class FirewallsTest {
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
    void aFirewallIsCreatedWith202AndShownAsItWasGiven() {
        Client.Reply created = client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7", "2001:db8::/64")));

        assertThat(created.status()).isEqualTo(202);
        JsonNode firewall = created.json().get("firewall");
        assertThat(firewall.at("/inbound_rules/0").toString())
            .isEqualTo("{\"protocol\":\"tcp\",\"ports\":\"5432\",\"sources\":{\"addresses\":[\"203.0.113.7\",\"2001:db8::/64\"]}}");
        assertThat(firewall.get("outbound_rules")).isEmpty();
        assertThat(firewall.get("status").asText()).isEqualTo("succeeded");
        assertThat(client.get("/v2/firewalls/" + firewall.get("id").asText()).json()).isEqualTo(created.json());
    }

    @Test
    void putReplacesTheWholeAndResetsWhatIsLeftOut() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));

        JsonNode firewall = client.put("/v2/firewalls/" + id, "{\"name\":\"fw2\",\"inbound_rules\":[" + Firewalls.rule("22", "203.0.113.8") + "]}")
            .json().get("firewall");

        assertThat(firewall.get("name").asText()).isEqualTo("fw2");
        assertThat(firewall.get("tags")).isEmpty();
        assertThat(firewall.get("inbound_rules")).hasSize(1);
        assertThat(firewall.at("/inbound_rules/0/ports").asText()).isEqualTo("22");
    }

    @Test
    void aPutThatDropsTheActionTurnsADenyIntoAnAllow() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.ruleWith("tcp", "5432", "deny", "203.0.113.7")));
        assertThat(simulation.byHand().reachable(300_101, "tcp", 5432, "203.0.113.7").because()).isEqualTo(Reachability.Because.DENIED);

        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7").replace("\"action\":\"allow\",", "")));

        assertThat(simulation.byHand().reachable(300_101, "tcp", 5432, "203.0.113.7").reachable()).isTrue();
    }

    @Test
    void rulesAreAddedAndRemovedWith204AndNoBody() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));

        Client.Reply added = client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("22", "203.0.113.8")));
        assertThat(added.status()).isEqualTo(204);
        assertThat(added.body()).isEmpty();
        assertThat(inboundRules(id)).hasSize(2);

        Client.Reply removed = client.delete("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.7")));
        assertThat(removed.status()).isEqualTo(204);
        assertThat(inboundRules(id)).extracting(rule -> rule.get("ports").asText()).containsExactly("22");
    }

    @Test
    void byDefaultAddedRulesStaySeparateAndAnAddressCanBeRemovedFromEveryRuleOfItsKind() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7", "203.0.113.9")));
        client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.8")));
        client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.8")));
        assertThat(inboundRules(id)).hasSize(2);

        client.delete("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.7", "203.0.113.8")));

        assertThat(inboundRules(id)).hasSize(1);
        assertThat(inboundRules(id).at("/0/sources/addresses").toString()).isEqualTo("[\"203.0.113.9\"]");
    }

    @Test
    void theOtherAnswersToWhatIsUndocumentedCanBeHad() {
        simulation.change(settings -> settings.withUndocumented(new Undocumented(Undocumented.AddedRules.MERGED, Undocumented.RemovedRules.WHOLE_RULES,
            Undocumented.Echo.AS_NETWORK)));
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        client.post("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.8", "2001:db8::1")));
        assertThat(inboundRules(id)).hasSize(1);
        assertThat(inboundRules(id).at("/0/sources/addresses").toString()).isEqualTo("[\"203.0.113.7/32\",\"203.0.113.8/32\",\"2001:db8::1/128\"]");

        client.delete("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "203.0.113.8")));
        assertThat(inboundRules(id).at("/0/sources/addresses")).describedAs("a part of a rule").hasSize(3);

        client.delete("/v2/firewalls/" + id + "/rules", Firewalls.rules(Firewalls.rule("5432", "2001:db8::1", "203.0.113.8", "203.0.113.7")));
        assertThat(inboundRules(id)).isEmpty();
    }

    @Test
    void dropletsAndTagsAreAttachedAndDetached() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        assertThat(client.post("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[300201,300202]}").status()).isEqualTo(204);
        assertThat(client.post("/v2/firewalls/" + id + "/tags", "{\"tags\":[\"billing-db\"]}").status()).isEqualTo(204);
        assertThat(client.delete("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[300201]}").status()).isEqualTo(204);
        assertThat(client.delete("/v2/firewalls/" + id + "/tags", "{\"tags\":[\"shop-db\"]}").status()).isEqualTo(204);

        JsonNode firewall = client.get("/v2/firewalls/" + id).json().get("firewall");
        assertThat(firewall.get("droplet_ids").toString()).isEqualTo("[300202]");
        assertThat(firewall.get("tags").toString()).isEqualTo("[\"billing-db\"]");
        assertThat(client.get("/v2/droplets/300201/firewalls").json().get("firewalls")).extracting(each -> each.get("name").asText())
            .containsExactly("base-billing", "fw");
    }

    @Test
    void aDeletedFirewallIsNotFoundAndItsNameIsFree() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        assertThat(client.delete("/v2/firewalls/" + id).status()).isEqualTo(204);
        assertThat(client.get("/v2/firewalls/" + id).status()).isEqualTo(404);
        assertThat(client.delete("/v2/firewalls/" + id).status()).isEqualTo(404);
        assertThat(client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7"))).status()).isEqualTo(202);
    }

    @Test
    void aDestroyedDropletAndADeletedTagLeaveTheFirewallsThatNameThem() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        client.post("/v2/firewalls/" + id + "/droplets", "{\"droplet_ids\":[300201]}");
        client.delete("/v2/droplets/300201");
        client.delete("/v2/tags/shop-db");

        JsonNode firewall = client.get("/v2/firewalls/" + id).json().get("firewall");
        assertThat(firewall.get("droplet_ids")).isEmpty();
        assertThat(firewall.get("tags")).isEmpty();
    }

    @Test
    void aPutThatNamesADestroyedDropletOrADeletedTagIsRefusedAndChangesNothing() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        client.delete("/v2/droplets/300201");
        client.delete("/v2/tags/shop-db");

        Client.Reply goneTag = client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("22", "203.0.113.8")));
        Client.Reply goneDroplet = client.put("/v2/firewalls/" + id, "{\"name\":\"fw\",\"droplet_ids\":[300201],\"inbound_rules\":["
            + Firewalls.rule("22", "203.0.113.8") + "]}");

        assertThat(goneTag.status()).isEqualTo(422);
        assertThat(goneDroplet.status()).isEqualTo(422);
        assertThat(goneDroplet.json().get("message").asText()).isEqualTo("droplet 300201 was not found");
        assertThat(inboundRules(id).at("/0/ports").asText()).isEqualTo("5432");
    }

    @Test
    void aNameInUseIs409() {
        String rule = Firewalls.rule("22", "203.0.113.8");
        String id = Firewalls.create(client, Firewalls.named("fw", rule));
        assertThat(client.post("/v2/firewalls", Firewalls.named("fw", rule)).status()).isEqualTo(409);
        assertThat(client.put("/v2/firewalls/" + id, Firewalls.named("base-shop", rule)).status()).isEqualTo(409);
    }

    @Test
    void onlyADenyShowsItsAction() {
        String id = Firewalls.create(client,
            Firewalls.named("fw", Firewalls.ruleWith("tcp", "22", "deny", "203.0.113.7"), Firewalls.rule("all", "203.0.113.8")));
        assertThat(inboundRules(id).at("/0/action").asText()).isEqualTo("deny");
        assertThat(inboundRules(id).get(1).has("action")).isFalse();
        assertThat(inboundRules(id).at("/1/ports").asText()).as("all ports").isEqualTo("0");
    }

    @Test
    void anotherAccountsFirewallsAreNotFound() {
        Map<String, String> accounts = new LinkedHashMap<>();
        accounts.put("first", "one");
        accounts.put("second", "two");
        try (SimulatedDigitalOcean two = SimulatedDigitalOcean.start(0, Settings.forTests().withAccounts(accounts))) {
            Client first = new Client(two.url(), "first");
            Client second = new Client(two.url(), "second");
            String id = Firewalls.create(first, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
            assertThat(first.get("/v2/firewalls/" + id).status()).isEqualTo(200);
            assertThat(second.get("/v2/firewalls/" + id).status()).isEqualTo(404);
            assertThat(second.get("/v2/firewalls").json().at("/meta/total").asInt()).isZero();
            assertThat(two.byHand("two").firewalls()).isEmpty();
        }
    }

    private JsonNode inboundRules(String id) {
        return client.get("/v2/firewalls/" + id).json().at("/firewall/inbound_rules");
    }
}
