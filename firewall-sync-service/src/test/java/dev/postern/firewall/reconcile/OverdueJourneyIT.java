// SPDX-License-Identifier: Apache-2.0
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
import dev.postern.local.simulated.RecordedCall;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A grant runs out while the provider is down: it is alarmed, and closed as soon as the provider is back. Meanwhile the provider is left alone. */
@QuarkusTest
@RealFirewallService
class OverdueJourneyIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
    }

    @Test
    void aClosingThatTheProviderDoesNotBringAboutIsToldOfAndClosesWhenItIsBack() {
        Shop shop = Shop.isProtected();
        List<Shop> others = Stream.generate(Shop::isProtected).limit(6).toList();
        Shop elsewhere = Shop.isProtectedAtTheEdge();
        AccessRequestId grant = AccessRequestId.of(UUID.randomUUID().toString());
        shop.granted(shop.decision(grant, Instant.now().plusSeconds(3), Optional.empty(), "203.0.113.7"));
        shop.awaits(grant, OPEN);
        String object = shop.pathOfObject();
        SimulatedCloud.digitalOcean().faults().add(new Fault.Status(503, null, Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING);

        List<AccessRequestId> waiting = others.stream().map(other -> other.isGranted("203.0.113.8")).toList();
        await("the circuit opens").until(() -> circuitIsOpen(SimulatedCloud.ACME));
        Instant open = Instant.now();
        elsewhere.awaits(elsewhere.isGranted("203.0.113.7"), OPEN);
        assertThat(circuitIsOpen(SimulatedCloud.EDGE)).as("of another account").isFalse();

        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(shop.told(grant)).containsExactly(OPEN, CLOSING));
        List<RecordedCall> meanwhile = SimulatedCloud.digitalOcean().calls().stream().filter(call -> call.startedMicros() > open.toEpochMilli() * 1_000)
            .toList();
        assertThat(meanwhile).as("closings probe, and do not wait for the circuit's own trials").filteredOn(call -> call.path().equals(object))
            .hasSizeGreaterThanOrEqualTo(2);
        assertThat(meanwhile.size()).as("once a second at most, but for a trial every five")
            .isLessThanOrEqualTo((int) Duration.between(open, Instant.now()).toSeconds() + 4);
        assertThat(shop.lastTold(grant).detail().orElseThrow()).startsWith("overdue: access is over (expired)");
        Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.overdue_closings", greaterThanOrEqualTo(1));
        await().untilAsserted(() -> assertThat(metrics()).containsPattern("postern_closings_overdue [1-9]")
            .containsPattern("postern_overdue_told_total(\\{[^}]*})? [1-9]"));
        assertThat(shop.letIn()).as("still open").containsExactly("203.0.113.7");

        SimulatedCloud.digitalOcean().faults().clear();
        Instant back = Instant.now();
        shop.awaits(grant, OPEN, CLOSING, CLOSED);
        assertThat(shop.letIn()).isEmpty();
        for (int at = 0; at < others.size(); at++) {
            others.get(at).awaits(waiting.get(at), OPEN);
        }
        assertThat(Duration.between(back, Instant.now())).as("closings probe, whatever the breaker thinks").isLessThan(Duration.ofSeconds(40));
    }

    private boolean circuitIsOpen(String account) {
        Matcher gauge = Pattern.compile("postern_account_circuit_open\\{account=\"" + account + "\"[^}]*} ([01])").matcher(metrics());
        assertThat(gauge.find()).isTrue();
        return gauge.group(1).equals("1");
    }

    private String metrics() {
        return RestAssured.get(metricsUrl).asString();
    }
}
