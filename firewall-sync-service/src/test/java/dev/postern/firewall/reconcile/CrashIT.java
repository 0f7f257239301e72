// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static dev.postern.events.FirewallChanged.OpeningState.CLOSED;
import static dev.postern.events.FirewallChanged.OpeningState.OPEN;
import static dev.postern.events.FirewallChanged.OpeningState.OPENING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.firewall.real.Crashes;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.firewall.real.Shop;
import dev.postern.firewall.reconcile.FailPoint.Step;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The crash table of DESIGN.md: whatever step an activation ends after, the end is the same, and is told once. */
@QuarkusTest
@RealFirewallService
class CrashIT {
    @Inject
    FirewallReconciler reconciler;

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LOADED", "OBSERVED", "CREATING_NOTED", "CREATED", "CREATED_NOTED", "REREAD", "SETTLED"})
    void aCrashWhileTheFirstAddressOpens(Step step) {
        Shop shop = Shop.isProtected();
        Crashes.plan(shop.name(), step);
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        await().until(() -> Crashes.happened(shop.name(), step));
        ends(shop, Set.of("203.0.113.7"));
        assertThat(shop.told()).as("drift").allMatch(event -> event.drift().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LOADED", "OBSERVED", "REPLACED", "REREAD", "SETTLED"})
    void aCrashWhileAddressesSwap(Step step) {
        Shop shop = Shop.isProtected();
        AccessRequestId one = shop.isGranted("203.0.113.7");
        AccessRequestId two = shop.isGranted("203.0.113.8");
        shop.awaits(one, OPEN);
        shop.awaits(two, OPEN);
        Crashes.plan(shop.name(), step);
        shop.ends(one);
        AccessRequestId three = shop.isGranted("203.0.113.9");
        shop.awaits(one, OPEN, CLOSED);
        shop.awaits(three, OPEN);
        await().until(() -> Crashes.happened(shop.name(), step));
        ends(shop, Set.of("203.0.113.8", "203.0.113.9"));
        assertThat(shop.told(two)).containsExactly(OPEN);
        assertThat(shop.told()).as("drift").allMatch(event -> event.drift().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"LOADED", "OBSERVED", "LEAVING_NOTED", "DELETED", "REREAD", "SETTLED"})
    void aCrashWhileTheLastAddressCloses(Step step) {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        Crashes.plan(shop.name(), step);
        shop.ends(grant);
        shop.awaits(grant, OPEN, CLOSED);
        await().until(() -> Crashes.happened(shop.name(), step));
        ends(shop, Set.of());
        assertThat(shop.told()).as("drift").allMatch(event -> event.drift().isEmpty());

        AccessRequestId again = shop.isGranted("203.0.113.7");
        shop.awaits(again, OPEN);
        ends(shop, Set.of("203.0.113.7"));
    }

    @ParameterizedTest
    @EnumSource(value = Step.class, names = {"OBSERVED", "DRIFT_NOTED", "CREATING_NOTED", "CREATED", "CREATED_NOTED", "REREAD", "SETTLED"})
    void aCrashWhileADeletedObjectIsMadeAgain(Step step) {
        Shop shop = Shop.isProtected();
        AccessRequestId grant = shop.isGranted("203.0.113.7");
        shop.awaits(grant, OPEN);
        shop.hand().deleteFirewall(shop.objects().get(0).id());
        Crashes.plan(shop.name(), step);
        reconciler.poke(List.of(shop.name()));
        shop.awaits(grant, OPEN, OPENING, OPEN);
        await().until(() -> Crashes.happened(shop.name(), step));
        ends(shop, Set.of("203.0.113.7"));
        assertThat(shop.told().stream().flatMap(event -> event.drift().stream())).containsExactly(
            "lacked tcp 5432 from 203.0.113.7", "postern-" + shop.name() + "-1: was deleted");
    }

    /** The provider lets in exactly these, by one object, and the news have no gap. */
    private static void ends(Shop shop, Set<String> sources) {
        await("an object that nobody needs is detached, told as closed, and then deleted").untilAsserted(() -> {
            assertThat(shop.letIn()).isEqualTo(sources);
            assertThat(shop.objects()).hasSize(sources.isEmpty() ? 0 : 1);
        });
        List<Long> numbers = shop.told().stream().map(FirewallChanged::sequence).toList();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
}
