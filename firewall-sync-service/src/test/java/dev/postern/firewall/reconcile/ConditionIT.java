// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.firewall.plan.ServiceContent;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.digitalocean.FirewallContent;
import dev.postern.local.digitalocean.Rule;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Obstacles of a service's desired state are reported to operators: at the PUT, in the opening, in the report, in a gauge. */
@QuarkusTest
@RealFirewallService
class ConditionIT {
    @TestHTTPResource(value = "/metrics", management = true)
    URL metricsUrl;
    @Inject
    AttachmentInspection inspection;

    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
    }

    @Test
    void attachmentThatTheProviderDoesNotKnowIsWarnedOf() {
        Shop shop = Shop.unknown().attachedTo("{\"tags\": [\"shop-db\", \"mistyped\"], \"droplets\": [300101, 999999]}");
        // Another test's fault may have opened the account's circuit a moment ago.
        await().untilAsserted(() -> shop.put().then().statusCode(anyOf(equalTo(200), equalTo(201)))
            .body("warnings.rule", hasItems("tag-unknown", "droplet-unknown"))
            .body("warnings.pointer", hasItems("/attachment/tags/0", "/attachment/droplets/1")));
        assertThat(standing(shop).get("warnings").toString()).contains("tag-unknown", "droplet-unknown");
    }

    @Test
    void dropletWithoutBaseFirewallIsAMissingWall() {
        Shop walled = Shop.unknown().withoutAcknowledging();
        await().untilAsserted(() -> walled.put().then().statusCode(anyOf(equalTo(200), equalTo(201))).body("warnings", empty()));
        Shop bare = Shop.unknown().attachedTo("{\"tags\": [\"playground\"]}");
        bare.withoutAcknowledging().put().then().statusCode(400).body("rule", equalTo("wall-missing")).body("pointer", equalTo("/attachment"))
            .body("detail", containsString("without_base_firewall"));
        bare.acknowledging().put().then().statusCode(201).body("warnings.rule", equalTo(List.of("wall-missing")))
            .body("warnings[0].message", containsString("attach a base firewall"));
        assertThat(standing(bare)).containsEntry("wall", "missing");
        assertThat(standing(walled)).containsEntry("wall", "present");
        await().untilAsserted(() -> assertThat(metrics()).containsPattern("postern_walls_missing [1-9]"));
    }

    @Test
    void baseFirewallThatIsDeletedLeavesTheLastObjectThereWithNobodyIn() {
        Shop shop = Shop.unknown().withoutAcknowledging();
        long droplet = shop.hand().addDroplet("walled-until-noon", "other");
        String base = shop.hand().addFirewall(new FirewallContent("base-until-noon", List.of(Rule.allowing("tcp", "443", List.of("0.0.0.0/0"))), List.of(),
            List.of(droplet), List.of()));
        shop.attachedTo("{\"droplets\": [" + droplet + "]}");
        await().untilAsserted(() -> shop.put().then().statusCode(anyOf(equalTo(200), equalTo(201))));
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        shop.hand().deleteFirewall(base);
        inspection.inspectAll(new AccountName(SimulatedCloud.ACME), Map.of(shop.name(), content(shop, droplet))).await().atMost(Duration.ofSeconds(20));
        assertThat(standing(shop)).containsEntry("wall", "missing");

        shop.ends(grant);
        shop.awaits(grant, OPEN, CLOSED);
        assertThat(shop.letIn()).as("an address that nobody has").containsExactly("192.0.2.1");
        assertThat(shop.objects().get(0).content().dropletIds()).containsExactly(droplet);
        assertThat(shop.hand().reachable(droplet, "tcp", 22, "198.51.100.1").reachable()).as("without any firewall everybody would get in").isFalse();
    }

    private static ServiceContent content(Shop shop, long droplet) {
        return new ServiceContent(new AccountName(SimulatedCloud.ACME), Optional.empty(), new Attachment(List.of(), List.of(droplet)),
            List.of(new ServicePort(Protocol.TCP, PortRange.of("5432"))), SourceRules.DEFAULT);
    }

    @Test
    void destroyedDropletHoldsUpNeitherRevocationNorGrant() {
        Shop shop = Shop.unknown();
        long droplet = shop.hand().addDroplet("short-lived", "other");
        shop.attachedTo("{\"tags\": [\"shop-db\"], \"droplets\": [" + droplet + "]}").put().then().statusCode(201);
        AccessRequestId first = shop.isGranted("203.0.113.7");
        shop.awaits(first, OPEN);

        shop.hand().destroyDroplet(droplet);
        AccessRequestId second = shop.isGranted("203.0.113.8");
        shop.ends(first);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(shop.told(first)).endsWith(CLOSED));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(shop.told(second)).endsWith(OPEN));
        assertThat(shop.letIn()).containsExactly("203.0.113.8");
        assertThat(standing(shop)).containsEntry("outcome", "partial");
        assertThat(standing(shop).get("detail").toString()).contains(Long.toString(droplet));
        Shop.olga().get("/reconciliation").then().statusCode(200).body("objects_of_nobody", notNullValue());
    }

    @Test
    void openingThatWaitsSaysWhyInAnEventAndTheReport() {
        Shop shop = Shop.isProtected();
        SimulatedCloud.digitalOcean().faults().add(new Fault.Status(503, null, Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(shop.waitingReasons(grant)).isNotEmpty());
        assertThat(shop.waitingReasons(grant).get(0)).startsWith("waiting: ").containsAnyOf("503", "keeps failing");
        assertThat(standing(shop)).containsKeys("failing_since", "last_failure");
        await().untilAsserted(() -> assertThat(metrics()).containsPattern("postern_openings_waiting [1-9]"));

        SimulatedCloud.digitalOcean().faults().clear();
        shop.awaits(grant, OPEN);
        await().untilAsserted(() -> assertThat(standing(shop)).doesNotContainKey("failing_since").containsKey("last_failure"));
    }

    /** Returns what the report says of a service, on whichever page. */
    private static Map<String, Object> standing(Shop shop) {
        String cursor = "";
        while (cursor != null) {
            JsonPath page = Shop.olga().get("/reconciliation?limit=200" + cursor).then().statusCode(200).extract().jsonPath();
            Map<String, Object> found = page.getMap("items.find { it.service == '" + shop.name() + "' }");
            if (found != null) {
                return found;
            }
            String next = page.getString("next_cursor");
            cursor = next == null ? null : "&cursor=" + next;
        }
        throw new AssertionError("the report does not have " + shop.name());
    }

    private String metrics() {
        return RestAssured.get(metricsUrl).asString();
    }
}
