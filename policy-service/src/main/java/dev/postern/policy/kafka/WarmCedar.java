package dev.postern.policy.kafka;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PolicyId;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.policy.CheckPolicy;
import dev.postern.policy.CompiledPolicies;
import dev.postern.policy.DecideAccess;
import dev.postern.policy.postgres.OffTheLoop;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * The first use of Cedar unpacks and loads a native library and reads the schema: a good part of a second, which the first requester should not wait
 * for. So Cedar decides an invented request some times while the service starts, and the service is not ready before it did.
 */
@Readiness
@ApplicationScoped
public class WarmCedar implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(WarmCedar.class);
    private static final int TIMES = 200;
    private static final PolicyId POLICY = new PolicyId("warm");
    private static final String TEXT = "permit(principal is Portal, action, resource in Account::\"warm\") when { context.duration_seconds > 0 };";

    private final OffTheLoop offTheLoop;
    private volatile Future<?> warmed;

    WarmCedar(OffTheLoop offTheLoop) {
        this.offTheLoop = offTheLoop;
    }

    void onStart(@Observes @Priority(1) StartupEvent start) {
        warmed = offTheLoop.submit(() -> {
            try {
                return decideSomeTimes();
            } catch (CompiledPolicies.Unusable | RuntimeException | LinkageError broken) {
                LOG.error("Cedar does not work here, so nothing can be decided", broken);
                throw broken;
            }
        });
    }

    private static boolean decideSomeTimes() throws CompiledPolicies.Unusable {
        CheckPolicy.check(POLICY, TEXT);
        CompiledPolicies policies = CompiledPolicies.of(0, Map.of(POLICY, TEXT));
        AccessRequested request = new AccessRequested(new AccessRequestId(new UUID(0, 0)), new AccountName("warm"),
            new Requester(Requester.Kind.PORTAL, "warm", "warm", List.of()), Optional.empty(),
            List.of(new AuthorizationDetail.DigitalOceanApi(new ResourceName("do:droplet:1"), List.of("droplet:read"), Optional.empty())),
            Duration.ofHours(1), Optional.empty(), Optional.empty(), "0".repeat(64), Instant.EPOCH);
        for (int time = 0; time < TIMES; time++) {
            DecideAccess.decide(request, policies, Map.of(), Instant.EPOCH);
        }
        return true;
    }

    @Override
    public HealthCheckResponse call() {
        boolean up = false;
        if (warmed != null && warmed.isDone()) {
            try {
                up = Boolean.TRUE.equals(warmed.get());
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException broken) {
                up = false;
            }
        }
        return HealthCheckResponse.named("Cedar").status(up).build();
    }
}
