// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import dev.postern.firewall.FirewallNews;
import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.cloud.CloudFirewall;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReconcileMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void counterWithAnAlertOnItsFirstEventStartsAtZero() {
        new ReconcileMetrics(registry, Map.of());
        for (OpeningState state : OpeningState.values()) {
            assertThat(registry.get("postern_openings_changed_total").tag("outcome", state.name().toLowerCase(Locale.ROOT)).counter().count()).isZero();
        }
        assertThat(registry.get("postern_overdue_told_total").counter().count()).isZero();
        assertThat(registry.get("postern_drift_found_total").counter().count()).isZero();
        assertThat(registry.get("postern_drift_set_back_total").counter().count()).isZero();
    }

    @Test
    void driftThatIsFoundAndDriftThatIsSetBackAreCountedApart() {
        ReconcileMetrics metrics = new ReconcileMetrics(registry, Map.of());
        metrics.drift(3);
        assertThat(registry.get("postern_drift_set_back_total").counter().count()).as("seen, and not set back yet").isZero();
        metrics.settled(Map.of(), new FirewallNews(List.of(), List.of("one", "two")), Instant.now());
        assertThat(registry.get("postern_drift_found_total").counter().count()).isEqualTo(3);
        assertThat(registry.get("postern_drift_set_back_total").counter().count()).isEqualTo(2);
    }

    @Test
    void driftThatEveryReadShowsIsInAGauge() {
        ReconcileMetrics metrics = new ReconcileMetrics(registry, Map.of());
        ServiceName shop = new ServiceName("shop");
        for (int ago = 200; ago >= 0; ago -= 50) {
            metrics.read(shop, true, Instant.now().minusSeconds(ago));
        }
        assertThat(registry.get("postern_drift_standing").gauge().value()).isEqualTo(1);
    }

    @Test
    void callsThatAreLeftAreShownHoweverOftenMemoryIsCleared() throws InterruptedException {
        WeakReference<Object> cleared = new WeakReference<>(new Object());
        // Clouds makes these anew for each who asks, and keeps none.
        new ReconcileMetrics(registry, Map.of(new AccountName("acme"), (CloudFirewall) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {CloudFirewall.class}, (proxy, method, arguments) -> method.getName().equals("budget") ? CallBudget.UNKNOWN : null)));
        while (cleared.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
        System.gc();
        assertThat(registry.get("postern_provider_calls_left").gauge().value()).isEqualTo(-1);
    }
}
