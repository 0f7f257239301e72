package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.CLOSING;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A grant runs out while the provider is down: it is alarmed, and closed as soon as the provider is back. A bad credential stops its own account only. */
@QuarkusTest
@RealFirewallService
class OverdueJourneyIT {
    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
    }

    @Test
    void aClosingThatTheProviderDoesNotBringAboutIsToldOfAndClosesWhenItIsBack() {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = AccessRequestId.of(UUID.randomUUID().toString());
        shop.granted(shop.decision(grant, Instant.now().plusSeconds(6), Optional.empty(), "203.0.113.7"));
        shop.awaits(grant, OPEN);
        SimulatedCloud.digitalOcean().faults().add(new Fault.Status(503, null, Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING);

        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(shop.told(grant)).containsExactly(OPEN, CLOSING));
        assertThat(shop.lastTold(grant).detail().orElseThrow()).startsWith("overdue: access is over (expired)");
        Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.overdue_closings", greaterThanOrEqualTo(1));
        await().untilAsserted(() -> assertThat(RestAssured.get("/q/metrics").asString()).containsPattern("postern_closings_overdue [1-9]")
            .containsPattern("postern_overdue_told_total(\\{[^}]*})? [1-9]"));
        assertThat(shop.letIn()).as("still open").containsExactly("203.0.113.7");

        SimulatedCloud.digitalOcean().faults().clear();
        Instant back = Instant.now();
        shop.awaits(grant, OPEN, CLOSING, CLOSED);
        assertThat(shop.letIn()).isEmpty();
        assertThat(Duration.between(back, Instant.now())).as("closings probe, whatever the breaker thinks").isLessThan(Duration.ofSeconds(40));
    }

    @Test
    void aBadCredentialStopsItsOwnAccountOnlyAndSaysSo() {
        Shop broken = Shop.of("broken");
        broken.put().then().statusCode(201);
        Shop good = Shop.isProtected();
        AccessRequestId stopped = broken.isGranted("203.0.113.7");
        AccessRequestId open = good.isGranted("203.0.113.7");
        good.awaits(open, OPEN);
        await().untilAsserted(() -> Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + broken.name() + "' }.outcome", org.hamcrest.Matchers.equalTo("provider-credential")));
        assertThat(RestAssured.get("/q/metrics").asString()).containsPattern("postern_account_credential_refused\\{account=\"broken\"[^}]*} 1")
            .containsPattern("postern_account_credential_refused\\{account=\"acme\"[^}]*} 0");
        assertThat(broken.told(stopped)).isEmpty();
    }
}
