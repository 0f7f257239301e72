// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.kafka;

import dev.postern.events.AccessDecided;
import dev.postern.events.FirewallChanged;
import dev.postern.firewall.postgres.OpeningStore;
import dev.postern.firewall.reconcile.FirewallReconciler;
import dev.postern.firewall.reconcile.ReconcileMetrics;
import dev.postern.messaging.Deliveries;
import dev.postern.messaging.DeliveryEffect;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A grant's openings begin; those of the grant that it replaces end with them, so that the provider hears of both in one change. */
@ApplicationScoped
public class OnAccessDecided {
    private static final String CONSUMER = "firewall-sync-service";

    private final Deliveries deliveries;
    private final OpeningStore openings;
    private final FirewallReconciler reconciler;
    private final ReconcileMetrics metrics;

    OnAccessDecided(Deliveries deliveries, OpeningStore openings, FirewallReconciler reconciler, ReconcileMetrics metrics) {
        this.deliveries = deliveries;
        this.openings = openings;
        this.reconciler = reconciler;
        this.metrics = metrics;
    }

    @Incoming("access-decided")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, CONSUMER, AccessDecided.class, (session, received) -> openings.apply(session, received.event(), Instant.now())
            .map(effect -> new DeliveryEffect(effect.events(), () -> committed(effect))));
    }

    private void committed(OpeningStore.Effect effect) {
        reconciler.poke(effect.touched());
        effect.events().forEach(event -> metrics.told(((FirewallChanged) event).changes()));
    }
}
