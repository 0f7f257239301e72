// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.keycloak.pep.PolicyEnforcerResolver;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Creates Keycloak's policy enforcer at the start, in a service that enables it. Its creation asks Keycloak with blocking calls; left to the first request, it
 * would block the event loop of that request for seconds.
 */
@IfBuildProperty(name = "quarkus.keycloak.policy-enforcer.enabled", stringValue = "true")
@ApplicationScoped
public class ReadyEnforcer {
    private static final Logger LOG = Logger.getLogger(ReadyEnforcer.class);

    void onStart(@Observes StartupEvent start, PolicyEnforcerResolver enforcer) {
        try {
            enforcer.getReadTimeout(); // any method of the client proxy creates the bean
        } catch (RuntimeException unavailable) {
            LOG.warn("Keycloak policies not loaded; the first request loads them", unavailable);
        }
    }
}
