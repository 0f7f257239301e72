// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.kafka;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.messaging.Deliveries;
import dev.postern.messaging.DeliveryEffect;
import dev.postern.token.LogKeys;
import dev.postern.token.postgres.AccessRequestStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/** The provider shows other states of openings; their owners see them. News that is older than what is known changes nothing. */
@ApplicationScoped
public class OnFirewallChanged {
    private static final Logger LOG = Logger.getLogger(OnFirewallChanged.class);
    private static final String CONSUMER = "token-service";

    private final Deliveries deliveries;
    private final AccessRequestStore store;

    OnFirewallChanged(Deliveries deliveries, AccessRequestStore store) {
        this.deliveries = deliveries;
        this.store = store;
    }

    /** Takes one record of {@code firewall-changed}. */
    @Incoming("firewall-changed")
    public Uni<Void> on(ConsumerRecord<String, byte[]> record) {
        return deliveries.deliverThen(record, CONSUMER, FirewallChanged.class, (session, received) -> apply(session, received.event()));
    }

    private Uni<DeliveryEffect> apply(Mutiny.Session session, FirewallChanged event) {
        Map<AccessRequestId, List<OpeningChange>> changes = event.changes().stream()
            .collect(Collectors.groupingBy(OpeningChange::requestId, LinkedHashMap::new, Collectors.toList()));
        if (changes.isEmpty()) {
            return Uni.createFrom().item(DeliveryEffect.of(List.of()));
        }
        return store.applyAll(session, changes.keySet(),
            request -> request.onOpeningsChanged(event.service(), event.sequence(), changes.get(request.id())))
            .map(outcomes -> new DeliveryEffect(List.of(), () -> {
                if (outcomes.size() < changes.size()) {
                    LOG.warnf("Openings of unknown requests in firewall-changed; ignored %s%s %s%d", LogKeys.SERVICE, event.service(),
                        LogKeys.COUNT, changes.size() - outcomes.size());
                }
            }));
    }
}
