// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.postgres;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the log does not add up: nothing is appended until an operator has inspected it. */
@Readiness
@ApplicationScoped
public class LogReadiness implements HealthCheck {
    private final LogStore store;

    LogReadiness(LogStore store) {
        this.store = store;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The log adds up").status(store.sound()).build();
    }
}
