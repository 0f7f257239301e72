// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.kafka;

import dev.postern.events.AccessEnded;
import dev.postern.firewall.postgres.OpeningStore;
import dev.postern.firewall.reconcile.FirewallReconciler;
import dev.postern.messaging.Deliveries;
import dev.postern.messaging.DeliveryEffect;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Closes the openings of a request whose access ended; a decision that arrives later opens nothing. */
@ApplicationScoped
public class OnAccessEnded {
    private static final String CONSUMER = "firewall-sync-service";

    private final Deliveries deliveries;
    private final OpeningStore openings;
    private final FirewallReconciler reconciler;

    OnAccessEnded(Deliveries deliveries, OpeningStore openings, FirewallReconciler reconciler) {
        this.deliveries = deliveries;
        this.openings = openings;
        this.reconciler = reconciler;
    }

    @Incoming("access-ended")
    Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, CONSUMER, AccessEnded.class, (session, received) -> openings.apply(session, received.event(), Instant.now())
            .map(effect -> new DeliveryEffect(effect.events(), () -> reconciler.poke(effect.touched()))));
    }
}
