// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change is shown at once and is in effect later; and since when an address gets in can be asked to the microsecond. */
class PendingChangesTest {
    private static final long START = 1_800_000_000_000_000L;
    private static final long DELAY = 300_000;
    private static final long SHOP_DB = 300_101;

    private final AtomicLong clock = new AtomicLong(START);
    private SimulatedDigitalOcean simulation;
    private Client client;

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withPendingChangesDelay(Duration.ofMillis(300)).withClock(clock::get));
        client = new Client(simulation);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void aChangeIsPendingUntilTheDelayIsOver() {
        JsonNode created = client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7"))).json().get("firewall");
        assertThat(created.get("status").asText()).isEqualTo("waiting");
        assertThat(created.get("pending_changes").toString()).isEqualTo("[{\"droplet_id\":300101,\"removing\":false,\"status\":\"waiting\"}]");

        clock.addAndGet(DELAY - 1);
        assertThat(firewall(created).get("status").asText()).isEqualTo("waiting");
        assertThat(reachable("203.0.113.7").reachable()).isFalse();

        clock.addAndGet(1);
        assertThat(firewall(created).get("status").asText()).isEqualTo("succeeded");
        assertThat(firewall(created).get("pending_changes")).isEmpty();
        assertThat(reachable("203.0.113.7")).isEqualTo(new Reachability.Verdict(true, START + DELAY, Reachability.Because.ALLOWED,
            reachable("203.0.113.7").firewalls()));
    }

    @Test
    void anAddressThatStaysKeepsItsInstantAndOneThatGoesIsClosedSinceItsOwn() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7", "203.0.113.8")));
        clock.addAndGet(1_000_000);
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.8", "203.0.113.9")));
        clock.addAndGet(1_000_000);

        assertThat(reachable("203.0.113.8").sinceMicros()).isEqualTo(START + DELAY);
        assertThat(reachable("203.0.113.9").sinceMicros()).isEqualTo(START + 1_000_000 + DELAY);
        assertThat(reachable("203.0.113.7").reachable()).isFalse();
        assertThat(reachable("203.0.113.7").sinceMicros()).isEqualTo(START + 1_000_000 + DELAY);
    }

    @Test
    void changesInQuickSuccessionTakeEffectInTheirOrder() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(100_000);
        simulation.change(settings -> settings.withPendingChangesDelay(Duration.ZERO));
        client.put("/v2/firewalls/" + id, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.8")));

        assertThat(firewall(id).get("status").asText()).describedAs("not before the first").isEqualTo("waiting");
        clock.addAndGet(200_000);
        assertThat(reachable("203.0.113.7").reachable()).isFalse();
        assertThat(reachable("203.0.113.8").sinceMicros()).isEqualTo(START + DELAY);
    }

    @Test
    void withoutADelayTheAnswerOfTheWriteShowsItSettled() {
        simulation.change(settings -> settings.withPendingChangesDelay(Duration.ZERO));
        JsonNode created = client.post("/v2/firewalls", Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7"))).json().get("firewall");
        assertThat(created.get("status").asText()).isEqualTo("succeeded");
        assertThat(created.get("pending_changes")).isEmpty();
        assertThat(reachable("203.0.113.7").sinceMicros()).isEqualTo(START);
    }

    @Test
    void aDetachedDropletIsShownAsRemoving() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(DELAY);
        client.delete("/v2/firewalls/" + id + "/tags", "{\"tags\":[\"shop-db\"]}");
        assertThat(firewall(id).get("pending_changes").toString()).isEqualTo("[{\"droplet_id\":300101,\"removing\":true,\"status\":\"waiting\"}]");
        assertThat(reachable("203.0.113.7").reachable()).isTrue();
        clock.addAndGet(DELAY);
        assertThat(reachable("203.0.113.7").reachable()).isFalse();
    }

    @Test
    void aDropletTaggedLaterIsOpenFromThenOn() {
        Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(1_000_000);
        client.post("/v2/tags/shop-db/resources", "{\"resources\":[{\"resource_id\":\"300202\",\"resource_type\":\"droplet\"}]}");
        assertThat(simulation.byHand().reachable(300_202, "tcp", 5432, "203.0.113.7").reachable()).isFalse();
        clock.addAndGet(1_000_000);
        assertThat(simulation.byHand().reachable(300_202, "tcp", 5432, "203.0.113.7").sinceMicros()).isEqualTo(START + 1_000_000 + DELAY);
    }

    @Test
    void aDeletedFirewallIsInEffectUntilTheDelayIsOver() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(DELAY);
        client.delete("/v2/firewalls/" + id);
        assertThat(reachable("203.0.113.7").reachable()).isTrue();
        clock.addAndGet(DELAY);
        assertThat(reachable("203.0.113.7").reachable()).isFalse();
    }

    @Test
    void aFailingFirewallShowsItAndAppliesNothingUntilItRecovers() {
        simulation.faults().add(new Fault.Failed(), FaultScope.onPath("/v2/firewalls/**"));
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(DELAY);
        assertThat(firewall(id).get("status").asText()).isEqualTo("failed");
        assertThat(firewall(id).get("pending_changes")).hasSize(1);
        assertThat(reachable("203.0.113.7").reachable()).isFalse();

        simulation.faults().clear();
        assertThat(firewall(id).get("status").asText()).isEqualTo("succeeded");
        assertThat(reachable("203.0.113.7").reachable()).isTrue();
    }

    @Test
    void somebodyElsesHandIsSeenThroughTheApi() {
        String id = Firewalls.create(client, Firewalls.named("fw", Firewalls.rule("5432", "203.0.113.7")));
        clock.addAndGet(DELAY);
        simulation.byHand().editFirewall(id, content -> content.withInboundRules(List.of(Rule.allowing("tcp", "0", List.of("0.0.0.0/0")))));
        assertThat(firewall(id).at("/inbound_rules/0/sources/addresses/0").asText()).isEqualTo("0.0.0.0/0");
        clock.addAndGet(DELAY);
        assertThat(simulation.byHand().firewallNamed("fw").orElseThrow().inEffect().inboundRules()).hasSize(1);
        assertThat(reachable("192.0.2.1").reachable()).isTrue();
    }

    private JsonNode firewall(JsonNode created) {
        return firewall(created.get("id").asText());
    }

    private JsonNode firewall(String id) {
        return client.get("/v2/firewalls/" + id).json().get("firewall");
    }

    private Reachability.Verdict reachable(String source) {
        return simulation.byHand().reachable(SHOP_DB, "tcp", 5432, source);
    }
}
