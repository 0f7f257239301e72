package dev.postern.policy.keycloak;

import io.quarkus.keycloak.pep.PolicyEnforcerResolver;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Has the policy enforcer read its paths from Keycloak before the first request. It would do so on the event loop of that request otherwise, and keep
 * everything else there waiting for seconds.
 */
@ApplicationScoped
public class ReadyEnforcer {
    private static final Logger LOG = Logger.getLogger(ReadyEnforcer.class);

    void onStart(@Observes StartupEvent start, PolicyEnforcerResolver enforcer) {
        try {
            enforcer.getReadTimeout();
        } catch (RuntimeException away) {
            LOG.warn("Keycloak authorization: loading resource paths failed; the first request loads them", away);
        }
    }
}
