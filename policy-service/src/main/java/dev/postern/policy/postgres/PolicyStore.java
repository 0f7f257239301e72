// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.postgres;

import dev.postern.edge.Preconditions;
import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyId;
import dev.postern.messaging.Transactions;
import dev.postern.policy.CheckPolicy;
import dev.postern.policy.PolicyCheck;
import dev.postern.policy.PolicyPut;
import dev.postern.policy.PolicyRemoved;
import dev.postern.policy.PutPolicy;
import dev.postern.policy.RemovePolicy;
import dev.postern.policy.StoredPolicy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hibernate.reactive.mutiny.Mutiny;

/** The policies that hold. Every change locks the one row of the set first: changes are one after the other, and so are versions and events. */
@ApplicationScoped
public class PolicyStore {
    private static final String COLUMNS = "p.id, p.text, p.version, p.changed_by, p.changed_at";
    private static final String LOCK = "select version from policy_set for update";
    // After the lock, in a statement of its own: one that waits for a lock sees other tables as they were before.
    private static final String CURRENT = "select c.policies, c.bytes, " + COLUMNS
        + " from (select count(*) as policies, coalesce(sum(octet_length(text)), 0) as bytes from policy) c left join policy p on p.id = ?1";
    private static final String ONE = "select " + COLUMNS + " from policy p where p.id = ?1";
    private static final String LIST = "select s.version as set_version, p.id, '' as text, p.version, p.changed_by, p.changed_at"
        + " from policy_set s left join policy p on p.id collate \"C\" > ?1 order by p.id collate \"C\" limit ?2";
    private static final String PROTECTED = "select name from service where name = any(string_to_array(?1, ','))"
        + " and not coalesce(cast(event->>'removed' as boolean), false)";
    private static final Duration CHECK_WITHIN = Duration.ofSeconds(10);
    private static final String SAVE = "with next as (update policy_set set version = ?3)"
        + " insert into policy (id, text, version, changed_by, changed_at) values (?1, ?2, ?3, ?4, ?5) on conflict (id) do update"
        + " set text = excluded.text, version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    private static final String REMOVE = "with next as (update policy_set set version = ?2) delete from policy where id = ?1";

    private final Mutiny.SessionFactory sessions;
    private final Transactions transactions;
    private final CedarThreads offTheLoop;

    PolicyStore(Mutiny.SessionFactory sessions, Transactions transactions, CedarThreads offTheLoop) {
        this.sessions = sessions;
        this.transactions = transactions;
        this.offTheLoop = offTheLoop;
    }

    /**
     * The policies of a moment.
     *
     * @param version  the version of the set
     * @param policies sorted by id, without their texts
     */
    public record Listed(long version, List<StoredPolicy> policies) {
        /** Copies the list. */
        public Listed {
            policies = List.copyOf(policies);
        }
    }

    /**
     * Returns whether a text can be a policy. One text is checked at a time, so that the memory of checks is that of one; some wait.
     *
     * @throws java.util.concurrent.RejectedExecutionException in the Uni, where too many wait
     * @throws io.smallrye.mutiny.TimeoutException             in the Uni, where its turn does not come in time
     */
    public Uni<PolicyCheck> check(PolicyId id, String text) {
        Set<String> named = CheckPolicy.servicesNamed(text);
        Uni<Set<String>> known = named.isEmpty() ? Uni.createFrom().item(named)
            : sessions.withSession(session -> session.createNativeQuery(PROTECTED, String.class).setParameter(1, String.join(",", named)).getResultList())
                .map(Set::copyOf);
        return known.chain(services -> offTheLoop.check(() -> CheckPolicy.check(id, text, Optional.of(services))))
            .ifNoItem().after(CHECK_WITHIN).fail();
    }

    /** Those behind an id (empty for the first), at most {@code limit}. */
    public Uni<Listed> list(String after, int limit) {
        return sessions.withSession(session -> session.createNativeQuery(LIST, Object[].class)
            .setParameter(1, after).setParameter(2, limit).getResultList())
            .map(rows -> new Listed(((Number) rows.get(0)[0]).longValue(),
                rows.stream().filter(row -> row[1] != null).map(row -> policy(row, 1)).toList()));
    }

    /** One of them. */
    public Uni<Optional<StoredPolicy>> find(PolicyId id) {
        return sessions.withSession(session -> session.createNativeQuery(ONE, Object[].class).setParameter(1, id.toString()).getResultList())
            .map(rows -> rows.stream().findFirst().map(row -> policy(row, 0)));
    }

    /** Puts a text that was checked. */
    public Uni<PolicyPut> put(PolicyId id, String text, Preconditions preconditions, Actor author, Instant now) {
        return transactions.decide(session -> locked(session, id)
            .map(set -> PutPolicy.decide(id, text, set, preconditions::allow, preconditions.hasIfMatch(), author, now))
            .call(outcome -> save(session, outcome)));
    }

    /** Takes one away. */
    public Uni<PolicyRemoved> remove(PolicyId id, Preconditions preconditions, Actor author, Instant now) {
        return transactions.decide(session -> locked(session, id)
            .map(set -> RemovePolicy.decide(id, set, preconditions::allow, author, now))
            .call(outcome -> outcome.next() instanceof PolicyRemoved.Removed removed
                ? session.createNativeQuery(REMOVE).setParameter(1, id.toString()).setParameter(2, removed.version()).executeUpdate().replaceWithVoid()
                : Uni.createFrom().voidItem()));
    }

    private static Uni<PutPolicy.Locked> locked(Mutiny.Session session, PolicyId id) {
        return session.createNativeQuery(LOCK, Object.class).getSingleResult()
            .chain(version -> session.createNativeQuery(CURRENT, Object[].class).setParameter(1, id.toString()).getSingleResult()
                .map(row -> new PutPolicy.Locked(((Number) version).longValue(), ((Number) row[0]).intValue(),
                    ((Number) row[1]).longValue(), row[2] == null ? Optional.empty() : Optional.of(policy(row, 2)))));
    }

    private static Uni<Void> save(Mutiny.Session session, Outcome<PolicyPut> outcome) {
        StoredPolicy policy;
        if (outcome.next() instanceof PolicyPut.Created created) {
            policy = created.policy();
        } else if (outcome.next() instanceof PolicyPut.Replaced replaced) {
            policy = replaced.policy();
        } else {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery(SAVE).setParameter(1, policy.id().toString()).setParameter(2, policy.text())
            .setParameter(3, policy.version()).setParameter(4, policy.changedBy())
            .setParameter(5, OffsetDateTime.ofInstant(policy.changedAt(), ZoneOffset.UTC)).executeUpdate().replaceWithVoid();
    }

    private static StoredPolicy policy(Object[] row, int first) {
        Object changedAt = row[first + 4];
        return new StoredPolicy(new PolicyId((String) row[first]), (String) row[first + 1], ((Number) row[first + 2]).longValue(),
            (String) row[first + 3], changedAt instanceof Instant instant ? instant : ((OffsetDateTime) changedAt).toInstant());
    }
}
