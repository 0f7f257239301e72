// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import dev.postern.events.ServiceProtected;
import dev.postern.messaging.Deliveries;
import dev.postern.policy.postgres.ServiceStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A service was put under protection, changed or taken away: decisions go by the newest. */
@ApplicationScoped
public class OnServiceProtected {
    private final Deliveries deliveries;
    private final ServiceStore services;

    OnServiceProtected(Deliveries deliveries, ServiceStore services) {
        this.deliveries = deliveries;
        this.services = services;
    }

    /** Takes a record; done when it is committed. */
    @Incoming("service-protected")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliver(record, "policy-service", ServiceProtected.class,
            (session, received) -> services.keep(session, received.event()));
    }
}
