// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.edge.RefusedAttempts.Attempts;
import dev.postern.events.Actor;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;

/**
 * Counts refusals by rule, and reports once a minute who tried what a role does not allow: a portal that puts a policy, an auditor that asks for access. The
 * reports go to the service's log and to the audit log. The metric's label is the rule alone, because actors and paths would make series without bound.
 */
@Singleton
public class Refusals {
    private static final Logger LOG = Logger.getLogger(Refusals.class);
    private static final int FORBIDDEN = 403;
    private static final long LAST_REPORT_S = 5;
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

    private final RefusedAttempts attempts = new RefusedAttempts();

    @Inject
    MeterRegistry metrics;
    @Inject
    Vertx vertx;
    @Inject
    Routes routes;
    @Inject
    Instance<RefusedAttemptsLog> log;
    @ConfigProperty(name = "postern.refused-attempts.reported-every", defaultValue = "PT1M")
    Duration reportedEvery;

    void onStart(@Observes StartupEvent start) {
        refused("forbidden");
        vertx.setPeriodic(reportedEvery.toMillis(), timer -> report());
    }

    void onStop(@Observes ShutdownEvent stop) {
        try {
            report().toCompletionStage().toCompletableFuture().get(LAST_REPORT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException lost) {
            LOG.warn("Refusal report: publishing failed at shutdown; its counts are lost");
        }
    }

    /** Takes note of a refusal. @param call the call, null if it is not known */
    void count(Problem refusal, RoutingContext call) {
        if (refusal.status() >= 500) {
            return;
        }
        refused(refusal.rule()).increment();
        if (refusal.status() == FORBIDDEN && call != null && call.user() instanceof QuarkusHttpUser user
            && user.getSecurityIdentity().getPrincipal() instanceof JsonWebToken token && token.getSubject() != null) {
            String method = call.request().method().name();
            String route = routes.of(method.equals("HEAD") ? "GET" : method, call.request().path()).stream().map(Routes.Route::template).findFirst()
                .orElse("unknown");
            RefusedAttempts.RefusalKey kind = new RefusedAttempts.RefusalKey(METHOD.matcher(method).matches() ? method : "OTHER", route, refusal.rule());
            attempts.add(new Actor(token.getSubject(), token.<String>claim("azp").orElse("unknown")), kind, Instant.now().truncatedTo(ChronoUnit.MICROS));
        }
    }

    private io.micrometer.core.instrument.Counter refused(String rule) {
        return metrics.counter("postern_requests_refused_total", "rule", rule);
    }

    /** Publishes the refusals since the last call; those that cannot be recorded are published by the next. */
    private Future<Void> report() {
        List<Attempts> taken = attempts.take();
        taken.forEach(each -> LOG.warnf("Calls refused: missing permission " + Keys.ACTOR + "=%s " + Keys.CLIENT + "=%s " + Keys.COUNT + "=%d",
            each.caller().map(Actor::subject).orElse("others"), each.caller().map(Actor::client).orElse("others"), each.calls()));
        if (taken.isEmpty() || log.isUnsatisfied()) {
            return Future.succeededFuture();
        }
        return log.get().record(taken).onFailure(untold -> {
            LOG.warnf("Refusal report: saving failed; adding its counts to the next report " + Keys.CAUSE + "=%s", untold.getClass().getSimpleName());
            taken.forEach(attempts::giveBack);
        });
    }
}
