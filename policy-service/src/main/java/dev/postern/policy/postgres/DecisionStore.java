// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyId;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.policy.AccessDecision;
import dev.postern.policy.CompiledPolicies;
import dev.postern.policy.DecideAccess;
import dev.postern.messaging.DeliveryEffect;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/** Decides a request once, by the policy set and the services that its own transaction sees: one statement to see, one to keep. */
@ApplicationScoped
public class DecisionStore {
    private static final Logger LOG = Logger.getLogger(DecisionStore.class);
    private static final String SEE = "select p.version, d.request_digest, cast(s.event as text) from policy_set p"
        + " left join decision d on d.request_id = ?1"
        + " left join service s on s.name = any(string_to_array(?2, ','))";
    private static final String KEEP = "insert into decision (request_id, request_digest, outcome, policies, policy_set_version, decided_at)"
        + " values (?1, ?2, ?3, string_to_array(?4, ','), ?5, ?6) on conflict do nothing";

    private final PolicySets policySets;
    private final ServiceStore serviceStore;
    private final CedarThreads offTheLoop;
    private final DecisionMetrics metrics;

    DecisionStore(PolicySets policySets, ServiceStore serviceStore, CedarThreads offTheLoop, DecisionMetrics metrics) {
        this.policySets = policySets;
        this.serviceStore = serviceStore;
        this.offTheLoop = offTheLoop;
        this.metrics = metrics;
    }

    /**
     * Decides a request in the transaction of {@code session}.
     *
     * @param now when
     * @return the events to publish, none if the request was decided before; and what to count and log after the commit
     */
    public Uni<DeliveryEffect> decide(Mutiny.Session session, AccessRequested request, Instant now) {
        return session.createNativeQuery(SEE, Object[].class)
            .setParameter(1, request.requestId().value())
            .setParameter(2, named(request))
            .getResultList()
            .chain(rows -> {
                Optional<String> decidedDigest = Optional.ofNullable((String) rows.get(0)[1]);
                if (decidedDigest.isPresent()) {
                    return decidedBefore(request, decidedDigest.get());
                }
                return policySets.seen(session, ((Number) rows.get(0)[0]).longValue())
                    .chain(policies -> offTheLoop.run(() -> decided(request, policies, rows, now)))
                    .chain(evaluated -> keep(session, evaluated));
            });
    }

    /** A decision, and the time that its evaluation took. It is recorded after the commit: an attempt that is rolled back counts nothing. */
    private record Evaluated(Outcome<AccessDecision> outcome, Duration time) {}

    private Evaluated decided(AccessRequested request, CompiledPolicies policies, List<Object[]> rows, Instant now) throws EventJson.Unreadable {
        long begin = System.nanoTime();
        Outcome<AccessDecision> outcome = DecideAccess.decide(request, policies, services(rows), now);
        return new Evaluated(outcome, Duration.ofNanos(System.nanoTime() - begin));
    }

    private Uni<DeliveryEffect> keep(Mutiny.Session session, Evaluated evaluated) {
        Outcome<AccessDecision> outcome = evaluated.outcome();
        AccessDecided decided = outcome.next().decided();
        return session.createNativeQuery(KEEP)
            .setParameter(1, decided.requestId().value())
            .setParameter(2, decided.requestDigest())
            .setParameter(3, decided.outcome() == AccessDecided.Decision.GRANTED ? "granted" : "denied")
            .setParameter(4, decided.policies().stream().map(PolicyId::toString).collect(Collectors.joining(",")))
            .setParameter(5, decided.policySetVersion())
            .setParameter(6, OffsetDateTime.ofInstant(decided.decidedAt(), ZoneOffset.UTC))
            .executeUpdate()
            .map(kept -> kept == 0 ? DeliveryEffect.of(List.of()) : new DeliveryEffect(outcome.events(), () -> committed(evaluated)));
    }

    private void committed(Evaluated evaluated) {
        AccessDecision decision = evaluated.outcome().next();
        decision.faults().forEach(fault -> LOG.warn("Policy evaluation failed; denying the entry: "
            + Log.REQUEST + decision.decided().requestId() + Log.POLICIES + fault.policies() + Log.DETAIL + Log.words(fault.detail())));
        metrics.decided(decision, evaluated.time());
    }

    private static Uni<DeliveryEffect> decidedBefore(AccessRequested request, String digest) {
        return Uni.createFrom().item(new DeliveryEffect(List.of(), () -> {
            if (!digest.equals(request.requestDigest())) {
                LOG.warn("Access request repeated with different content; keeping the first decision: " + Log.REQUEST + request.requestId());
            }
        }));
    }

    /** The services that the request names, for {@code string_to_array}: their names hold no comma. */
    private static String named(AccessRequested request) {
        return request.authorizationDetails().stream().map(AuthorizationDetail::identifier)
            .flatMap(identifier -> identifier.service().stream()).distinct().map(ServiceName::toString).collect(Collectors.joining(","));
    }

    private Map<ServiceName, ServiceProtected> services(List<Object[]> rows) throws EventJson.Unreadable {
        Map<ServiceName, ServiceProtected> services = new HashMap<>();
        for (Object[] row : rows) {
            if (row[2] != null) {
                ServiceProtected service = serviceStore.read((String) row[2]);
                services.put(service.service(), service);
            }
        }
        return services;
    }
}
