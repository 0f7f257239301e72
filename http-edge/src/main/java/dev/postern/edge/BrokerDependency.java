// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.messaging.Broker;
import jakarta.inject.Singleton;
import java.util.List;

/** Kafka, as the watch of transactional messaging knows it. PostgreSQL is asked by every write itself, and its absence is an answer of its own. */
@Singleton
public class BrokerDependency implements Dependencies {
    private final Broker broker;

    BrokerDependency(Broker broker) {
        this.broker = broker;
    }

    @Override
    public List<String> away() {
        return broker.reachable() ? List.of() : List.of("Kafka");
    }
}
