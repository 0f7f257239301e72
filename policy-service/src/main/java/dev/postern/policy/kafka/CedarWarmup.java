// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import dev.postern.events.AccessDecided;
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
import dev.postern.policy.postgres.CedarThreads;
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
import org.jboss.logging.Logger;

/**
 * The first use of Cedar unpacks and loads a native library and reads the schema: a good part of a second, which the first requester should not wait
 * for. So Cedar decides an invented request some times before the service is ready. Where Cedar does not work the service does not start, rather than
 * deny everybody.
 */
@ApplicationScoped
public class CedarWarmup {
    private static final Logger LOG = Logger.getLogger(CedarWarmup.class);
    private static final int TIMES = 200;
    private static final PolicyId POLICY = new PolicyId("warm");
    private static final String TEXT = "permit(principal is Portal, action, resource in Account::\"warm\") when { context.duration_seconds > 0 };";

    private final CedarThreads offTheLoop;

    CedarWarmup(CedarThreads offTheLoop) {
        this.offTheLoop = offTheLoop;
    }

    void onStart(@Observes @Priority(1) StartupEvent start) {
        try {
            offTheLoop.submit(CedarWarmup::decideSomeTimes).get();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException broken) {
            LOG.error("Cedar cannot run on this machine; no request can be decided", broken.getCause());
            throw new IllegalStateException("Cedar does not work here", broken.getCause());
        }
    }

    private static boolean decideSomeTimes() throws CompiledPolicies.Unusable {
        CheckPolicy.check(POLICY, TEXT);
        CompiledPolicies policies = CompiledPolicies.of(0, Map.of(POLICY, TEXT));
        AccessRequested request = new AccessRequested(new AccessRequestId(new UUID(0, 0)), new AccountName("warm"),
            new Requester(Requester.Kind.PORTAL, "warm", "warm", List.of()), Optional.empty(),
            List.of(new AuthorizationDetail.DigitalOceanApi(new ResourceName("do:droplet:1"), List.of("droplet:read"), Optional.empty())),
            Duration.ofHours(1), Optional.empty(), Optional.empty(), "0".repeat(64), Instant.EPOCH);
        for (int time = 0; time < TIMES; time++) {
            if (DecideAccess.decide(request, policies, Map.of(), Instant.EPOCH).next().decided().outcome() != AccessDecided.Decision.GRANTED) {
                throw new IllegalStateException("Cedar denies what the policy permits");
            }
        }
        return true;
    }
}
