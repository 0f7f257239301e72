// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while Kafka does not answer. */
@Readiness
@ApplicationScoped
public class BrokerReadiness implements HealthCheck {
    private final Broker broker;

    BrokerReadiness(Broker broker) {
        this.broker = broker;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("Kafka").status(broker.reachable()).build();
    }
}
