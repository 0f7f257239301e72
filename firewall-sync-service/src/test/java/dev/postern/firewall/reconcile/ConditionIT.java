package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps a service from its desired state is said where people look: at the PUT, in the opening, in the report, in a gauge. */
@QuarkusTest
@RealFirewallService
class ConditionIT {
    @AfterEach
    void well() {
        SimulatedCloud.digitalOcean().faults().clear();
    }

    @Test
    void attachmentThatTheProviderDoesNotKnowIsWarnedOf() {
        Shop shop = Shop.unknown().attachedTo("{\"tags\": [\"shop-db\", \"mistyped\"], \"droplets\": [300101, 999999]}");
        shop.put().then().statusCode(201).body("warnings.rule", hasItems("tag-unknown", "droplet-unknown"))
            .body("warnings.pointer", hasItems("/attachment/tags/0", "/attachment/droplets/1"));
        Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.warnings.rule", hasItems("tag-unknown", "droplet-unknown"));
    }

    @Test
    void dropletWithoutBaseFirewallIsAMissingWall() {
        Shop walled = Shop.unknown().withoutAcknowledging();
        walled.put().then().statusCode(201).body("warnings", empty());
        Shop bare = Shop.unknown().attachedTo("{\"tags\": [\"playground\"]}");
        bare.withoutAcknowledging().put().then().statusCode(400).body("rule", equalTo("wall-missing")).body("pointer", equalTo("/attachment"))
            .body("detail", containsString("without_base_firewall"));
        bare.acknowledging().put().then().statusCode(201).body("warnings.rule", equalTo(java.util.List.of("wall-missing")))
            .body("warnings[0].message", containsString("attach a base firewall"));
        Shop.olga().get("/reconciliation?limit=200").then().body("items.find { it.service == '" + bare.name() + "' }.wall", equalTo("missing"))
            .body("items.find { it.service == '" + walled.name() + "' }.wall", equalTo("present"));
        await().untilAsserted(() -> assertThat(metrics()).containsPattern("postern_walls_missing [1-9]"));
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
        Shop.olga().get("/reconciliation?limit=200").then().statusCode(200)
            .body("items.find { it.service == '" + shop.name() + "' }.outcome", equalTo("partial"))
            .body("items.find { it.service == '" + shop.name() + "' }.detail", containsString(Long.toString(droplet)))
            .body("objects_of_nobody", notNullValue());
    }

    @Test
    void openingThatWaitsSaysWhyInAnEventAndTheReport() {
        Shop shop = Shop.isProtected();
        SimulatedCloud.digitalOcean().faults().add(new Fault.Status(503, null, Fault.When.BEFORE_APPLYING), FaultScope.EVERYTHING);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(shop.waitingReasons(grant)).isNotEmpty());
        assertThat(shop.waitingReasons(grant).get(0)).startsWith("waiting: ").containsAnyOf("503", "keeps failing");
        Shop.olga().get("/reconciliation?limit=200").then()
            .body("items.find { it.service == '" + shop.name() + "' }.failing_since", notNullValue())
            .body("items.find { it.service == '" + shop.name() + "' }.last_failure.message", notNullValue());
        await().untilAsserted(() -> assertThat(metrics()).containsPattern("postern_openings_waiting [1-9]"));

        SimulatedCloud.digitalOcean().faults().clear();
        shop.awaits(grant, OPEN);
        await().untilAsserted(() -> Shop.olga().get("/reconciliation?limit=200").then()
            .body("items.find { it.service == '" + shop.name() + "' }.failing_since", equalTo(null))
            .body("items.find { it.service == '" + shop.name() + "' }.last_failure.message", notNullValue()));
    }

    private static String metrics() {
        return RestAssured.get("/q/metrics").asString();
    }
}
