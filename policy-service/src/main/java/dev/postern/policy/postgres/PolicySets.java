// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import dev.postern.events.PolicyId;
import dev.postern.policy.CedarMemory;
import dev.postern.policy.CompiledPolicies;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * The policy set that a transaction sees, compiled. The newest version that was met is kept in memory: a decision that finds the same version in its
 * own transaction need not read the policies, and every instance decides by the version that is in the database, not by one that a notification announced.
 */
@ApplicationScoped
public class PolicySets {
    private static final Logger LOG = Logger.getLogger(PolicySets.class);
    // One statement, so that version and texts are of one moment.
    private static final String READ = "select s.version, p.id, p.text from policy_set s left join policy p on true";

    private static final int REPORTED_MAX = 2_000;

    private final CedarMemory memory = new CedarMemory();
    private final AtomicReference<CompiledPolicies> newest = new AtomicReference<>();
    private final CedarThreads offTheLoop;

    private final AtomicInteger outdated;
    private final Set<String> reported = new HashSet<>();

    PolicySets(CedarThreads offTheLoop, MeterRegistry metrics) {
        this.outdated = metrics.gauge("postern_policies_outdated", new AtomicInteger());
        this.offTheLoop = offTheLoop;
    }

    /** The set of a version that the transaction has just seen, or of a newer one that was committed since. */
    public Uni<CompiledPolicies> seen(Mutiny.Session session, long version) {
        CompiledPolicies kept = newest.get();
        return usable(kept, version) ? Uni.createFrom().item(kept) : read(session);
    }

    private static boolean usable(CompiledPolicies kept, long version) {
        return kept != null && kept.version() == version && kept.current();
    }

    private Uni<CompiledPolicies> read(Mutiny.Session session) {
        return session.createNativeQuery(READ, Object[].class).getResultList().chain(rows -> offTheLoop.run(() -> compiled(rows)));
    }

    /** Compiles a new version once: concurrent decisions wait for the lock and use the result. */
    private synchronized CompiledPolicies compiled(List<Object[]> rows) {
        CompiledPolicies kept = newest.get();
        if (usable(kept, ((Number) rows.get(0)[0]).longValue())) {
            return kept;
        }
        Map<PolicyId, String> texts = new HashMap<>();
        for (Object[] row : rows) {
            if (row[1] != null) {
                texts.put(new PolicyId((String) row[1]), (String) row[2]);
            }
        }
        long version = ((Number) rows.get(0)[0]).longValue();
        try {
            CompiledPolicies compiled = CompiledPolicies.of(version, texts, memory);
            report(compiled);
            newest.accumulateAndGet(compiled,
                (present, found) -> present != null && present.current() && present.version() >= found.version() ? present : found);
            return compiled;
        } catch (CompiledPolicies.Unusable unusable) {
            LOG.error("Policy set cannot be compiled; denying every request: " + Log.VERSION + version, unusable);
            return CompiledPolicies.broken(version, unusable);
        }
    }

    /** An earlier version accepted policies that would be refused now. They still count as they did; their authors should know. */
    private void report(CompiledPolicies compiled) {
        outdated.set(compiled.outdated().size());
        compiled.outdated().forEach((policy, finding) -> {
            if (reported.add(policy + finding)) {
                LOG.warn("Stored policy fails today's checks; keeping it in effect: " + Log.POLICIES + policy + Log.DETAIL + Log.words(finding));
            }
        });
        if (reported.size() > REPORTED_MAX) {
            reported.clear();
        }
    }
}
