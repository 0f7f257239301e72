// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.events.AccessRequestId;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import dev.postern.events.TokenRevoked;
import dev.postern.messaging.Transactions;
import dev.postern.token.AccessRequest;
import dev.postern.token.Limits;
import dev.postern.token.RequestAccess;
import dev.postern.token.RequestContent;
import dev.postern.token.TokenDigest;
import dev.postern.token.status.TokenTable;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.reactive.mutiny.Mutiny;

/** Stores access requests. A decision is applied in one transaction: load with lock, decide, save, outbox, commit. */
@ApplicationScoped
public class AccessRequestStore {
    /** All that a new request has to know, in one round trip. */
    private static final String BEFORE_A_REQUEST = "select exists (select 1 from access_request where id = ?1) as known, (select count(*) from"
        + " (select 1 from access_request where owner_subject = ?2 and status = 'pending' limit ?3) as pending) as pending";
    /** Two calls with one id come one after the other: the second finds what the first wrote. */
    private static final String ONE_AFTER_THE_OTHER = "select cast(pg_advisory_xact_lock(hashtextextended(?1, 0)) as text)";
    /** From here on, requests of one owner are taken in one after the other, so that their number is exact at the limit. */
    private static final int COUNTED_EXACTLY_FROM = Limits.PENDING_PER_OWNER_MAX * 4 / 5;
    /** The columns that the row knows: changed_in is the database's own, and Hibernate stumbles over what it does not know. */
    private static final String COLUMNS = "id, account, owner_subject, owner_client, owner_kind, owner_roles, on_behalf_of, asked_details,"
        + " duration_seconds, replaces, reason, requested_at, request_digest, status, decision, valid_until, openings, token_id, token_digest,"
        + " token_issued_at, end_cause, ended_by, replaced_by, ended_at, version";
    private static final String DUE = "select " + COLUMNS
        + " from access_request where status = 'granted' and valid_until <= ?1 order by valid_until limit ?2 for update skip locked";

    private final Mutiny.SessionFactory sessions;
    private final Transactions transactions;
    private final TokenTable tokens;

    /** @param tokens the tokens that this replica knows: those that it revoked itself are entered at once */
    AccessRequestStore(Mutiny.SessionFactory sessions, Transactions transactions, TokenTable tokens) {
        this.sessions = sessions;
        this.transactions = transactions;
        this.tokens = tokens;
    }

    /** Takes a request in, or says why not. */
    public Uni<RequestAccess.Answer> request(RequestAccess command) {
        return transactions.decide(session -> decide(session, command)
            .call(outcome -> outcome.next() instanceof RequestAccess.Answer.Accepted accepted
                ? session.persist(AccessRequestRow.of(accepted.request()))
                : Uni.createFrom().voidItem()))
            // Another call with the same id committed in between: the second read finds it.
            .onFailure(ConstraintViolationException.class).retry().atMost(1);
    }

    private static Uni<Outcome<RequestAccess.Answer>> decide(Mutiny.Session session, RequestAccess command) {
        String owner = command.asked().requester().subject();
        return locked(session, "access-request " + command.asked().id())
            .chain(() -> before(session, command))
            .chain(before -> before.known() || before.pending() < COUNTED_EXACTLY_FROM ? decide(session, command, before)
                : locked(session, "owner " + owner).chain(() -> before(session, command)).chain(exact -> decide(session, command, exact)));
    }

    private static Uni<Void> locked(Mutiny.Session session, String what) {
        return session.createNativeQuery(ONE_AFTER_THE_OTHER, String.class).setParameter(1, what).getSingleResult().replaceWithVoid();
    }

    /** The state before a new request. @param pending pending requests of the owner; counting stops at the limit */
    private record Before(boolean known, long pending) {}

    private static Uni<Before> before(Mutiny.Session session, RequestAccess command) {
        RequestContent asked = command.asked();
        return session.createNativeQuery(BEFORE_A_REQUEST, Object[].class)
            .setParameter(1, asked.id().value()).setParameter(2, asked.requester().subject()).setParameter(3, Limits.PENDING_PER_OWNER_MAX)
            .getSingleResult().map(row -> new Before((boolean) row[0], ((Number) row[1]).longValue()));
    }

    private static Uni<Outcome<RequestAccess.Answer>> decide(Mutiny.Session session, RequestAccess command, Before before) {
        RequestContent asked = command.asked();
        if (before.known()) {
            return find(session, asked.id()).map(existing -> command.decide(existing, Optional.empty(), 0));
        }
        return asked.replaces().map(replaced -> find(session, replaced)).orElseGet(() -> Uni.createFrom().item(Optional.empty()))
            .map(replaced -> command.decide(Optional.empty(), replaced, before.pending()));
    }

    private static Uni<Optional<AccessRequest>> find(Mutiny.Session session, AccessRequestId id) {
        return session.find(AccessRequestRow.class, id.value()).map(row -> Optional.ofNullable(row).map(AccessRequestRow::life));
    }

    /**
     * Decides about one request, in a transaction of its own.
     *
     * @return what it has become; empty if there is none
     */
    public Uni<Optional<Stored>> decide(AccessRequestId id, Function<AccessRequest, Outcome<AccessRequest>> decision) {
        return transactions.decide(session -> load(session, id)
            .map(row -> row.map(found -> {
                Outcome<AccessRequest> outcome = apply(found, decision);
                return outcome.map(next -> Optional.of(new Decided(found.stored(), outcome.events())));
            }).orElseGet(() -> Outcome.unchanged(Optional.empty()))))
            .invoke(decided -> decided.ifPresent(this::committed))
            .map(decided -> decided.map(Decided::stored));
    }

    /** The new state of a request, and the events to publish. */
    private record Decided(Stored stored, List<Event> events) {}

    private void committed(Decided decided) {
        for (Event event : decided.events()) {
            if (event instanceof TokenRevoked revoked) {
                tokens.revoked(revoked);
            }
        }
    }

    /**
     * Decides about one request, in the transaction of {@code session}.
     *
     * @return what it has become, and the events; empty if there is none
     */
    public Uni<Optional<Outcome<AccessRequest>>> apply(Mutiny.Session session, AccessRequestId id,
                                                       Function<AccessRequest, Outcome<AccessRequest>> decision) {
        return load(session, id).map(row -> row.map(found -> apply(found, decision)));
    }

    /**
     * Decides about several requests, in the transaction of {@code session}.
     *
     * @return what those that exist have become, and their events
     */
    public Uni<List<Outcome<AccessRequest>>> applyAll(Mutiny.Session session, Collection<AccessRequestId> ids,
                                                      Function<AccessRequest, Outcome<AccessRequest>> decision) {
        return session.createSelectionQuery("from AccessRequestRow row where row.id in :ids order by row.id", AccessRequestRow.class)
            .setParameter("ids", ids.stream().map(AccessRequestId::value).toList())
            .setLockMode(LockModeType.PESSIMISTIC_WRITE)
            .getResultList()
            .map(rows -> rows.stream().map(row -> apply(row, decision)).toList());
    }

    /**
     * Ends grants whose time is over, the oldest first, at most {@link Limits#EXPIRIES_PER_TRANSACTION_MAX}; those that another replica has in hand are
     * left to it.
     *
     * @return what has become of them
     */
    public Uni<List<AccessRequest>> expire(Instant now) {
        return transactions.decide(session -> session.createNativeQuery(DUE, AccessRequestRow.class)
            .setParameter(1, now).setParameter(2, Limits.EXPIRIES_PER_TRANSACTION_MAX)
            .getResultList()
            .map(rows -> {
                List<AccessRequest> ended = new ArrayList<>();
                List<Event> events = new ArrayList<>();
                for (AccessRequestRow row : rows) {
                    Outcome<AccessRequest> outcome = apply(row, request -> request.expire(now));
                    ended.add(outcome.next());
                    events.addAll(outcome.events());
                }
                return new Outcome<>(ended, events);
            }));
    }

    /** When the next grant ends; empty if none is there. */
    public Uni<Optional<Instant>> nextExpiry() {
        return sessions.withSession(session -> session
            .createSelectionQuery("select min(row.validUntil) from AccessRequestRow row where row.status = 'granted'", Instant.class)
            .getSingleResultOrNull()
            .map(Optional::ofNullable));
    }

    /** The request; empty if there is none. */
    public Uni<Optional<Stored>> find(AccessRequestId id) {
        return sessions.withSession(session -> session.find(AccessRequestRow.class, id.value())
            .map(row -> Optional.ofNullable(row).map(AccessRequestRow::stored)));
    }

    /** The grant whose live token has this digest; empty if there is none. */
    public Uni<Optional<AccessRequest.Granted>> findByToken(TokenDigest digest) {
        return sessions.withSession(session -> session
            .createSelectionQuery("from AccessRequestRow row where row.tokenDigest = :digest", AccessRequestRow.class)
            .setParameter("digest", digest.value())
            .getSingleResultOrNull()
            .map(row -> Optional.ofNullable(row).map(AccessRequestRow::life)
                .filter(AccessRequest.Granted.class::isInstance).map(AccessRequest.Granted.class::cast)
                .filter(granted -> granted.token().filter(token -> token.digest().equals(digest)).isPresent())));
    }

    /** A page of requests, newest first. */
    public Uni<List<Stored>> list(Selection selection) {
        return sessions.withSession(session -> selection.query(session).getResultList()
            .map(rows -> rows.stream().map(AccessRequestRow::stored).toList()));
    }

    private static Uni<Optional<AccessRequestRow>> load(Mutiny.Session session, AccessRequestId id) {
        UUID key = id.value();
        return session.find(AccessRequestRow.class, key, LockModeType.PESSIMISTIC_WRITE).map(Optional::ofNullable);
    }

    private static Outcome<AccessRequest> apply(AccessRequestRow row, Function<AccessRequest, Outcome<AccessRequest>> decision) {
        AccessRequest before = row.life();
        Outcome<AccessRequest> outcome = decision.apply(before);
        if (!outcome.next().equals(before)) {
            row.become(outcome.next());
        }
        return outcome;
    }
}
