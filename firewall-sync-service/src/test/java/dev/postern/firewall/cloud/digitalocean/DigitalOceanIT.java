// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.digitalocean.Undocumented;
import dev.postern.local.digitalocean.Undocumented.Echo;
import dev.postern.local.digitalocean.document.OfficialDocument;
import dev.postern.local.simulated.RecordedCall;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The client of DigitalOcean, against its simulation and its official document. */
@QuarkusTest
@RealFirewallService
class DigitalOceanIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    @AfterEach
    void settingsAreSetBack() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withPendingChangesDelay(Duration.ZERO).withUndocumented(Undocumented.DEFAULT));
    }

    @Test
    void everyCallIsAsTheOfficialDocumentSays() {
        Assumptions.assumeTrue(OfficialDocument.isThere(), OfficialDocument.absent());
        OfficialDocument document = OfficialDocument.validating();
        Shop shop = Shop.unknown().attachedTo("{\"tags\": [\"shop-db\"], \"droplets\": [300102]}");
        shop.put().then().statusCode(201);
        AccessRequestId one = shop.isGranted("203.0.113.7", "2001:db8::7");
        await().untilAsserted(() -> assertThat(shop.told(one)).containsExactly(OPEN, OPEN));
        AccessRequestId two = shop.isGranted("203.0.113.8");
        shop.awaits(two, OPEN);
        shop.ends(one);
        shop.ends(two);
        shop.awaits(two, OPEN, CLOSED);
        await().untilAsserted(() -> assertThat(shop.objects()).isEmpty());
        List<RecordedCall> calls = SimulatedCloud.digitalOcean().calls();
        assertThat(calls).extracting(RecordedCall::method).contains("GET", "POST", "PUT", "DELETE");
        // Probes of scopes write bodies without members, so that they can change nothing; the broken account's calls bear no token that is known.
        assertThat(calls.stream().filter(call -> call.account() != null && !"{}".equals(call.requestBody()))
            .flatMap(call -> document.requestViolations(call).stream()).distinct()).isEmpty();
    }

    @Test
    void nothingIsToldAsOpenWhileTheProviderHasChangesPending() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withPendingChangesDelay(Duration.ofMillis(800)));
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        assertThat(shop.letIn()).containsExactly("203.0.113.7");
        RecordedCall made = SimulatedCloud.digitalOcean().calls().stream()
            .filter(call -> call.method().equals("POST") && call.requestBody().contains(shop.name().toString())).findFirst().orElseThrow();
        long toldAfterMs = shop.lastTold(grant).since().toEpochMilli() - made.startedMicros() / 1_000;
        assertThat(toldAfterMs).isGreaterThanOrEqualTo(799);

        shop.ends(grant);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.objects()).as("detached, and deleted after that").allSatisfy(object -> assertThat(object.inEffect().tags()).isEmpty());
    }

    @Test
    void changesThatComeWhileTheProviderIsBusyAreGathered() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withPendingChangesDelay(Duration.ofMillis(500)));
        Shop shop = Shop.isProtected();
        List<AccessRequestId> grants = java.util.stream.IntStream.rangeClosed(1, 60).mapToObj(host -> shop.isGranted("203.0.113." + host)).toList();
        grants.forEach(grant -> shop.awaits(grant, OPEN));
        assertThat(shop.letIn()).hasSize(60);
        assertThat(shop.writes()).isLessThanOrEqualTo(5);
    }

    @Test
    void addressMatchesInEverySpellingOfTheEcho() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withUndocumented(new Undocumented(Undocumented.AddedRules.MERGED,
            Undocumented.RemovedRules.WHOLE_RULES, Echo.AS_NETWORK)));
        Shop shop = Shop.isProtected();
        AccessRequestId one = shop.isGranted("203.0.113.7", "2001:db8::7", "198.51.100.0/24");
        await().untilAsserted(() -> assertThat(shop.told(one)).containsExactly(OPEN, OPEN, OPEN));
        assertThat(shop.letIn()).isEqualTo(Set.of("203.0.113.7/32", "2001:db8::7/128", "198.51.100.0/24"));
        AccessRequestId two = shop.isGranted("203.0.113.8");
        shop.awaits(two, OPEN);
        shop.ends(one);
        await().untilAsserted(() -> assertThat(shop.letIn()).isEqualTo(Set.of("203.0.113.8/32")));
        assertThat(shop.told()).allMatch(event -> event.drift().isEmpty());
    }

    @Test
    void aRefusedCredentialStopsOnlyItsOwnAccountAndIsShown() {
        Shop broken = Shop.of(SimulatedCloud.BROKEN);
        broken.put().then().statusCode(201);
        AccessRequestId waiting = broken.isGranted("203.0.113.7");
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        await().untilAsserted(() -> Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + broken.name() + "' }.outcome", org.hamcrest.Matchers.equalTo("provider-credential"))
            .body("items.find { it.service == '" + broken.name() + "' }.detail", org.hamcrest.Matchers.not(org.hamcrest.Matchers.containsString("dop_v1")))
            .body("items.find { it.service == '" + shop.name() + "' }.outcome", org.hamcrest.Matchers.equalTo("settled"))
            .body("items.find { it.service == '" + shop.name() + "' }.budget.limit", org.hamcrest.Matchers.equalTo(5_000_000)));
        assertThat(RestAssured.get(metricsUrl).asString()).containsPattern("postern_account_credential_refused\\{account=\"broken\"[^}]*} 1")
            .containsPattern("postern_account_credential_refused\\{account=\"acme\"[^}]*} 0");
        assertThat(broken.told(waiting)).isEmpty();
    }

    @Test
    void anotherAccountHasAClientOfItsOwn() {
        Shop other = Shop.of(SimulatedCloud.OTHER);
        other.put().then().statusCode(201);
        AccessRequestId grant = other.isGranted("203.0.113.7");
        other.awaits(grant, OPEN);
        assertThat(other.letIn()).containsExactly("203.0.113.7");
        assertThat(SimulatedCloud.digitalOcean().byHand().firewallNamed("postern-" + other.name() + "-1")).isEmpty();
    }
}
