// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.CLOSING;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Another client's bulk operation occupies an account at Cloudflare: it is named where people look, and everything goes on when it ends. */
@QuarkusTest
@RealFirewallService
class CloudflareQueueIT {
    private static final String ACCOUNT = "edge-3";

    @AfterEach
    void free() {
        SimulatedCloud.lists(ACCOUNT).occupy(Duration.ZERO);
    }

    @Test
    void anotherClientsEndlessOperationIsNamedInTheReportAndInTheOpeningsEvent() {
        Shop shop = Shop.isProtectedAtTheEdge(ACCOUNT);
        AccessRequestId before = shop.isGranted("203.0.113.7");
        shop.awaits(before, OPEN);
        SimulatedCloud.lists(ACCOUNT).occupy(Duration.ofMinutes(5));
        AccessRequestId after = shop.isGranted("203.0.113.8");
        shop.ends(before);
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(shop.waitingReasons(after)).isNotEmpty());
        assertThat(shop.waitingReasons(after).get(0)).startsWith("waiting: ").contains("another client's bulk operation is pending in the account");
        String detail = Shop.olga().get("/reconciliation?limit=200").then().statusCode(200).extract().jsonPath()
            .getString("items.find { it.service == '" + shop.name() + "' }.detail");
        assertThat(detail).contains("another client's bulk operation is pending in the account, seen first at ").doesNotContain("gather", "budget");

        SimulatedCloud.lists(ACCOUNT).occupy(Duration.ZERO);
        shop.awaits(before, OPEN, CLOSING, CLOSED); // it was overdue: that is 5 s in tests
        await().untilAsserted(() -> assertThat(shop.told(after)).endsWith(OPEN));
        assertThat(shop.letIn()).containsExactly("203.0.113.8");
    }
}
