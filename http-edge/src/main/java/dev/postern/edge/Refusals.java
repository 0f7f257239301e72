package dev.postern.edge;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;

/**
 * Counts refusals by rule, and says once a minute who tried what a role does not allow: a portal that puts a policy, an auditor that asks for access.
 * The label is the rule alone, because actors and paths would make series without bound.
 */
@Singleton
public class Refusals {
    private static final Logger LOG = Logger.getLogger(Refusals.class);
    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);
    private static final int FORBIDDEN = 403;

    private final RefusedAttempts attempts = new RefusedAttempts();

    @Inject
    MeterRegistry metrics;
    @Inject
    Vertx vertx;

    void onStart(@Observes StartupEvent start) {
        refused("forbidden");
        vertx.setPeriodic(TOLD_EVERY.toMillis(), timer -> tell());
    }

    /** Takes note of a refusal. @param call the call, null if it is not known */
    void note(Problem refusal, RoutingContext call) {
        if (refusal.status() >= 500) {
            return;
        }
        refused(refusal.rule()).increment();
        if (refusal.status() == FORBIDDEN && call != null && call.user() instanceof QuarkusHttpUser user
            && user.getSecurityIdentity().getPrincipal() instanceof JsonWebToken token) {
            attempts.add(new RefusedAttempts.Kind(token.getSubject(), token.<String>claim("azp").orElse("unknown"), refusal.rule()));
        }
    }

    private io.micrometer.core.instrument.Counter refused(String rule) {
        return metrics.counter("postern_requests_refused_total", "rule", rule);
    }

    private void tell() {
        attempts.take().forEach(each -> LOG.warnf("Calls were refused for want of a right " + Keys.ACTOR + "=%s " + Keys.CLIENT + "=%s " + Keys.RULE + "=%s "
            + Keys.COUNT + "=%d", each.kind().actor(), each.kind().client(), each.kind().rule(), each.count()));
    }
}
