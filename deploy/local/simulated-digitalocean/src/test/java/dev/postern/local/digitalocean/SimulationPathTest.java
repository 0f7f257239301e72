// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.simulated.RecordedCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** /_simulation, beside the API: calls, reachability, settings. */
class SimulationPathTest {
    private SimulatedDigitalOcean simulation;
    private Client client;
    private Client anybody;

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests());
        client = new Client(simulation);
        anybody = new Client(simulation.url(), null);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void callsAreToldWithoutAnyTokenOrBody() {
        client.post("/v2/tags?x=1", "{\"name\":\"told\"}");
        Client.Reply reply = anybody.get("/_simulation/calls");
        JsonNode call = reply.json().at("/calls/0");
        assertThat(call.get("method").asText() + " " + call.get("path").asText() + " " + call.get("status").asInt()).isEqualTo("POST /v2/tags 201");
        assertThat(reply.json().get("total").asInt()).isEqualTo(1);
        assertThat(reply.body()).doesNotContain(simulation.token()).doesNotContain("told");
        assertThat(simulation.calls().toString()).doesNotContain(simulation.token()).contains("told");
        assertThat(simulation.settings().toString()).doesNotContain(simulation.token());

        assertThat(anybody.delete("/_simulation/calls").status()).isEqualTo(204);
        assertThat(anybody.get("/_simulation/calls").json().get("total").asInt()).isZero();
    }

    @Test
    void onlyTheLatestCallsAreKept() {
        simulation.change(settings -> settings.withRecord(3, false));
        for (int at = 0; at < 5; at++) {
            client.get("/v2/tags/t" + at);
        }
        assertThat(simulation.calls()).extracting(RecordedCall::path).containsExactly("/v2/tags/t2", "/v2/tags/t3", "/v2/tags/t4");
        assertThat(simulation.callsTotal()).isEqualTo(5);
        assertThat(simulation.calls()).allMatch(call -> call.answerBody() == null);
    }

    @Test
    void largeBodiesPushOutOlderCallsBeforeMemoryIsGone() {
        String large = "{\"name\":\"" + "a".repeat(900_000) + "\"}";
        for (int at = 0; at < 40; at++) {
            assertThat(client.post("/v2/firewalls", large).status()).isEqualTo(422);
        }
        assertThat(simulation.calls()).hasSizeBetween(30, 36);
        assertThat(simulation.callsTotal()).isEqualTo(40);
    }

    @Test
    void reachabilityIsAskedByDropletOrByTag() {
        client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("5000-5999", "203.0.113.0/24")));
        for (String target : new String[] {"droplet=300101", "tag=shop-db"}) {
            JsonNode open = anybody.get("/_simulation/reachable?" + target + "&protocol=tcp&port=5432&source=203.0.113.7").json();
            assertThat(open.get("reachable").asBoolean()).isTrue();
            assertThat(open.get("since").asLong()).isPositive();
            assertThat(reachable(target + "&port=6000&source=203.0.113.7")).isFalse();
            assertThat(reachable(target + "&port=5432&source=203.0.114.7")).isFalse();
            assertThat(reachable(target + "&protocol=udp&port=5432&source=203.0.113.7")).isFalse();
            assertThat(reachable(target + "&port=5432&source=2001:db8::1")).isFalse();
        }
        assertThat(anybody.get("/_simulation/reachable?droplet=7&port=1&source=1.2.3.4").status()).isEqualTo(404);
        assertThat(anybody.get("/_simulation/reachable?tag=none&port=1&source=1.2.3.4").status()).isEqualTo(404);
        assertThat(anybody.get("/_simulation/reachable?droplet=300101&port=1&source=nobody").status()).isEqualTo(422);
        assertThat(anybody.get("/_simulation/reachable?droplet=300101&port=99999&source=1.2.3.4").status()).isEqualTo(422);
    }

    @Test
    void aDenyWinsOverAnAllowOfAnotherFirewall() {
        client.post("/v2/firewalls", Firewalls.named("allows", Firewalls.rule("5432", "203.0.113.0/24")));
        client.post("/v2/firewalls", Firewalls.named("denies", Firewalls.ruleWith("tcp", "0", "deny", "203.0.113.7")));
        assertThat(reachable("droplet=300101&port=5432&source=203.0.113.7")).isFalse();
        assertThat(reachable("droplet=300101&port=5432&source=203.0.113.8")).isTrue();
    }

    @Test
    void aDropletWithoutAnyFirewallIsOpenToAll() {
        JsonNode verdict = anybody.get("/_simulation/reachable?droplet=300301&port=5432&source=192.0.2.1").json();
        assertThat(verdict.get("reachable").asBoolean()).isTrue();
        assertThat(verdict.get("because").asText()).isEqualTo("no_firewall");
        assertThat(verdict.get("since").isNull()).isTrue();
    }

    @Test
    void aRuleMayNameDropletsAndTagsAsItsSources() {
        String rule = "{\"protocol\":\"tcp\",\"ports\":\"5432\",\"sources\":{\"droplet_ids\":[300102],\"tags\":[\"billing-web\"]}}";
        client.post("/v2/firewalls", Firewalls.named("fw", rule));
        JsonNode networks = client.get("/v2/droplets/300102").json().at("/droplet/networks/v4");
        assertThat(reachable("droplet=300101&port=5432&source=" + networks.at("/0/ip_address").asText())).isTrue();
        JsonNode billing = client.get("/v2/droplets/300202").json().at("/droplet/networks/v4");
        assertThat(reachable("droplet=300101&port=5432&source=" + billing.at("/1/ip_address").asText())).isTrue();
        JsonNode other = client.get("/v2/droplets/300301").json().at("/droplet/networks/v4");
        assertThat(reachable("droplet=300101&port=5432&source=" + other.at("/1/ip_address").asText())).isFalse();
    }

    @Test
    void settingsChangeFromTheNextCallOn() {
        JsonNode changed = anybody.put("/_simulation/settings", "{\"pending_changes_delay_ms\":60000,\"requests_per_minute\":2,\"added_rules\":\"merged\"}")
            .json();
        assertThat(changed.get("pending_changes_delay_ms").asInt()).isEqualTo(60_000);
        assertThat(changed.get("removed_rules").asText()).isEqualTo("parts");
        assertThat(anybody.get("/_simulation/settings").json()).isEqualTo(changed);
        assertThat(client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("22", "1.2.3.4"))).json().at("/firewall/status").asText())
            .isEqualTo("waiting");
        assertThat(client.get("/v2/account").status()).isEqualTo(200);
        assertThat(client.get("/v2/account").status()).isEqualTo(429);
    }

    @Test
    void whatIsNoSettingIsRefused() {
        for (String body : new String[] {"{\"delay\":1}", "{\"pending_changes_delay_ms\":-1}", "{\"pending_changes_delay_ms\":\"1\"}", "{\"echo\":\"loud\"}"}) {
            assertThat(anybody.put("/_simulation/settings", body).status()).isEqualTo(422);
        }
    }

    @Test
    void resetBringsTheBeginningBack() {
        client.delete("/v2/droplets/300101");
        client.post("/v2/tags", "{\"name\":\"extra\"}");
        simulation.reset();
        assertThat(client.get("/v2/droplets/300101").status()).isEqualTo(200);
        assertThat(client.get("/v2/tags/extra").status()).isEqualTo(404);
        assertThat(simulation.callsTotal()).isEqualTo(2);
    }

    private boolean reachable(String query) {
        return anybody.get("/_simulation/reachable?" + query).json().get("reachable").asBoolean();
    }
}
