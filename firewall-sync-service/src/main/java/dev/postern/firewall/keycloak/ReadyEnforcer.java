package dev.postern.firewall.keycloak;

import io.quarkus.keycloak.pep.PolicyEnforcerResolver;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Makes the policy enforcer at the start. It asks Keycloak with blocking calls when it is first used; left to the first request, that would be on an event
 * loop, which stands still meanwhile. A Keycloak that is away at the start is asked at the first request, after all.
 */
@ApplicationScoped
public class ReadyEnforcer {
    private static final Logger LOG = Logger.getLogger(ReadyEnforcer.class);

    void onStart(@Observes StartupEvent start, PolicyEnforcerResolver enforcers) {
        try {
            enforcers.toString(); // a client proxy's toString makes the bean
        } catch (RuntimeException away) {
            LOG.warn("Keycloak policies not loaded; authorization starts at the first call", away);
        }
    }
}
