// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.firewall.timer.ScopeSweep;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accounts stand side by side: one that fails holds up no other, and a credential that lacks a scope holds up only calls that need it. */
@QuarkusTest
@RealFirewallService
class AccountsIT {
    /** An account at Cloudflare of which no other test does anything meanwhile. */
    private static final String EDGE = "edge-9";
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    @Inject
    AccountClients clouds;

    @Inject
    ScopeSweep sweep;

    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
        SimulatedCloud.digitalOcean().change(Settings::withEveryScope);
        SimulatedCloud.cloudflare().change(dev.postern.local.cloudflare.Settings::withEveryPermission);
    }

    @Test
    void serviceOpensAtItsNewAccountWhileTheOldOneFails() {
        Shop shop = Shop.isProtected();
        AccessRequestId before = shop.isGranted("203.0.113.7");
        shop.awaits(before, OPEN);
        SimulatedCloud.digitalOcean().faults().add(new Fault.Status(500, null, Fault.When.BEFORE_APPLYING),
            FaultScope.EVERYTHING.ofAccount(SimulatedCloud.ACME));

        shop.movesTo(SimulatedCloud.OTHER).put().then().statusCode(200);
        AccessRequestId after = shop.isGranted("203.0.113.8");
        shop.awaits(after, OPEN);
        assertThat(shop.letIn()).as("at the new account").containsExactly("203.0.113.8");
        assertThat(shop.told(before)).as("the old account lets it in still").doesNotContain(CLOSED);
        AccessRequestId more = shop.isGranted("203.0.113.9");
        shop.ends(after);
        shop.awaits(more, OPEN);
        await().untilAsserted(() -> assertThat(shop.letIn()).as("a closing at the new account").containsExactly("203.0.113.9"));

        SimulatedCloud.digitalOcean().faults().clear();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(shop.told(before)).endsWith(CLOSED));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(shop.told(after)).endsWith(CLOSED));
        shop.movesTo(SimulatedCloud.ACME);
        assertThat(shop.letIn()).as("at the old account").isEmpty();
    }

    @Test
    void credentialThatMayNotDeleteClosesAndOpensAllTheSameAndIsNamed() {
        Shop shop = Shop.of(SimulatedCloud.OTHER);
        shop.put().then().statusCode(201);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        lacks("firewall:delete");
        shop.ends(grant);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.objects()).as("detached, not deleted").hasSize(1).allSatisfy(object -> assertThat(object.content().tags()).isEmpty());

        Shop.olga().get("/reconciliation?limit=1").then().statusCode(200)
            .body("accounts.find { it.account == 'other' }.missing_scopes", contains("firewall:delete"))
            .body("accounts.find { it.account == 'acme' }.missing_scopes", empty());
        assertThat(RestAssured.get(metricsUrl).asString()).containsPattern("postern_account_scopes_missing\\{account=\"other\"[^}]*} 1")
            .containsPattern("postern_account_credential_refused\\{account=\"other\"[^}]*} 0");
        Shop another = Shop.of(SimulatedCloud.OTHER);
        another.put().then().statusCode(201);
        AccessRequestId next = another.isGranted("203.0.113.8");
        another.awaits(next, OPEN);
    }

    @Test
    void missingScopeIsFoundByAProbeAndForgottenWhenItIsThere() {
        SimulatedCloud.digitalOcean().change(settings -> settings.withScopes(SimulatedCloud.token(SimulatedCloud.OTHER),
            Set.of("account:read", "firewall:read", "firewall:create", "firewall:update", "firewall:delete", "droplet:read")));
        Shop shop = Shop.of(SimulatedCloud.OTHER);
        shop.put(); // reads tags to look the attachment up
        assertThat(missing()).containsExactly("tag:read");
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);

        SimulatedCloud.digitalOcean().change(Settings::withEveryScope);
        sweep.probe().await().atMost(Duration.ofSeconds(20));
        assertThat(missing()).isEmpty();
    }

    @Test
    void cloudflareTokenThatMayOnlyReadIsNamedAndHoldsBackWritesAlone() {
        Shop shop = Shop.isProtectedAtTheEdge(EDGE);
        AccessRequestId before = shop.isGranted("203.0.113.7");
        shop.awaits(before, OPEN);
        SimulatedCloud.cloudflare().change(settings -> settings.withPermissions(SimulatedCloud.token(EDGE), Set.of("Account Filter Lists Read")));
        AccessRequestId later = shop.isGranted("203.0.113.8");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> Shop.olga().get("/reconciliation?limit=1").then().statusCode(200)
            .body("accounts.find { it.account == '" + EDGE + "' }.missing_scopes", contains("Account Filter Lists Edit"))
            .body("accounts.find { it.account == '" + EDGE + "' }.credential_refused", is(false))
            .body("accounts.find { it.account == 'edge' }.missing_scopes", empty()));
        assertThat(RestAssured.get(metricsUrl).asString()).containsPattern("postern_account_scopes_missing\\{account=\"" + EDGE + "\"[^}]*} 1");
        AccessRequestId known = shop.isGranted("203.0.113.7");
        await().atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(shop.told(known)).as("open without a write, as a read shows").containsExactly(OPEN));
        assertThat(shop.letIn()).containsExactly("203.0.113.7");

        SimulatedCloud.cloudflare().change(dev.postern.local.cloudflare.Settings::withEveryPermission);
        sweep.probe().await().atMost(Duration.ofSeconds(20));
        assertThat(missing(EDGE)).isEmpty();
        AccessRequestId last = shop.isGranted("203.0.113.9");
        shop.awaits(last, OPEN);
        shop.awaits(later, OPEN);
    }

    private Set<String> missing() {
        return missing(SimulatedCloud.OTHER);
    }

    private Set<String> missing(String account) {
        return clouds.standings().stream().filter(standing -> standing.account().toString().equals(account)).findFirst().orElseThrow().missingScopes();
    }

    private static void lacks(String scope) {
        Set<String> rest = new java.util.TreeSet<>(Set.of("account:read", "firewall:read", "firewall:create", "firewall:update", "firewall:delete", "tag:read",
            "droplet:read"));
        rest.remove(scope);
        SimulatedCloud.digitalOcean().change(settings -> settings.withScopes(SimulatedCloud.token(SimulatedCloud.OTHER), rest));
    }
}
