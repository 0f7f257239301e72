// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.firewall.reconcile.FailPoint.Step;
import dev.postern.firewall.real.Crashes;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.real.SimulatedCloud;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a service at Cloudflare, ended after each step of its reconciliation: the same end, told once. */
@QuarkusTest
@RealFirewallService
class CloudflareCrashIT {
    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LOADED", "OBSERVED", "CREATING_NOTED", "CREATED", "CREATED_NOTED", "REREAD"})
    void aCrashWhileTheListIsMade(Step step) {
        Shop shop = Shop.of(SimulatedCloud.EDGE).attachedTo("{}");
        Crashes.plan(shop.name(), step);
        shop.put().then().statusCode(201);
        await().until(() -> Crashes.happened(shop.name(), step));
        lives(shop);
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LOADED", "OBSERVED", "REPLACED", "SETTLED"})
    void aCrashWhileAnAddressIsPutOnIt(Step step) {
        Shop shop = Shop.isProtectedAtTheEdge();
        await().until(() -> SimulatedCloud.lists(SimulatedCloud.EDGE).list(shop.list()).isPresent());
        Crashes.plan(shop.name(), step);
        lives(shop);
        await().until(() -> Crashes.happened(shop.name(), step));
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LEAVING_NOTED", "DELETED"})
    void aCrashWhileTheListGoes(Step step) {
        Shop shop = Shop.isProtectedAtTheEdge();
        Crashes.plan(shop.name(), step);
        lives(shop);
        await().until(() -> Crashes.happened(shop.name(), step));
    }

    private static void lives(Shop shop) {
        AccessRequestId one = shop.isGranted("203.0.113.7");
        shop.awaits(one, OPEN);
        assertThat(shop.letIn()).isEqualTo(Set.of("203.0.113.7"));
        AccessRequestId two = shop.isGranted("2001:db8::/64");
        shop.awaits(two, OPEN);
        shop.ends(one);
        shop.awaits(one, OPEN, CLOSED);
        assertThat(shop.letIn()).isEqualTo(Set.of("2001:db8::/64"));
        Shop.olga().delete("/services/" + shop.name()).then().statusCode(204);
        shop.awaits(two, OPEN, CLOSED);
        await().until(() -> SimulatedCloud.lists(SimulatedCloud.EDGE).list(shop.list()).isEmpty());
        List<Long> numbers = shop.told().stream().map(FirewallChanged::sequence).toList();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        assertThat(shop.told()).as("drift").allMatch(event -> event.drift().isEmpty());
    }
}
