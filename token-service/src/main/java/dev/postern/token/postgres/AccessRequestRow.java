// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.Requester;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest;
import dev.postern.token.RequestContent;
import dev.postern.token.Decision;
import dev.postern.token.AccessEnd;
import dev.postern.token.LiveToken;
import dev.postern.token.Opening;
import dev.postern.token.Openings;
import dev.postern.token.Status;
import dev.postern.token.TokenDigest;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/** A row of {@code access_request}: a life as the table keeps it. Rows stay inside this package. */
@Entity(name = "AccessRequestRow")
@Table(name = "access_request")
@DynamicUpdate
class AccessRequestRow {
    private static final ObjectMapper JSON = EventJson.mapper();
    private static final TypeReference<List<AuthorizationDetail>> DETAILS = new TypeReference<>() {};
    private static final TypeReference<List<Opening>> OPENINGS = new TypeReference<>() {};
    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};

    @Id
    UUID id;
    @Column(updatable = false)
    String account;
    @Column(name = "owner_subject", updatable = false)
    String ownerSubject;
    @Column(name = "owner_client", updatable = false)
    String ownerClient;
    @Column(name = "owner_kind", updatable = false)
    String ownerKind;
    @Column(name = "owner_roles", updatable = false)
    String ownerRoles;
    @Column(name = "on_behalf_of", updatable = false)
    String onBehalfOf;
    @Column(name = "asked_details", updatable = false)
    String askedDetails;
    @Column(name = "duration_seconds", updatable = false)
    long durationSeconds;
    @Column(updatable = false)
    UUID replaces;
    @Column(updatable = false)
    String reason;
    @Column(name = "requested_at", updatable = false)
    Instant requestedAt;
    @Column(name = "request_digest", updatable = false)
    String requestDigest;
    String status;
    String decision;
    @Column(name = "valid_until")
    Instant validUntil;
    String openings;
    @Column(name = "token_id")
    UUID tokenId;
    @Column(name = "token_digest")
    String tokenDigest;
    @Column(name = "token_issued_at")
    Instant tokenIssuedAt;
    @Column(name = "end_cause")
    String endCause;
    @Column(name = "ended_by")
    String endedBy;
    @Column(name = "replaced_by")
    UUID replacedBy;
    @Column(name = "ended_at")
    Instant endedAt;
    long version;

    /** The row of a request that is new. */
    static AccessRequestRow of(AccessRequest request) {
        RequestContent asked = request.asked();
        AccessRequestRow row = new AccessRequestRow();
        row.id = asked.id().value();
        row.account = asked.account().value();
        row.ownerSubject = asked.requester().subject();
        row.ownerClient = asked.requester().client();
        row.ownerKind = asked.requester().kind().name();
        row.ownerRoles = json(asked.requester().roles());
        row.onBehalfOf = asked.onBehalfOf().orElse(null);
        row.askedDetails = details(asked.authorizationDetails());
        row.durationSeconds = asked.duration().toSeconds();
        row.replaces = asked.replaces().map(AccessRequestId::value).orElse(null);
        row.reason = asked.reason().orElse(null);
        row.requestedAt = asked.requestedAt();
        row.requestDigest = asked.digest();
        row.become(request);
        return row;
    }

    /** Writes what a decision changed, and counts the change. */
    void become(AccessRequest next) {
        status = next.status().wireName();
        decision = next.decision().map(AccessRequestRow::json).orElse(null);
        openings = json(next.openings().all());
        Optional<AccessRequest.Granted> granted = next instanceof AccessRequest.Granted one ? Optional.of(one) : Optional.empty();
        validUntil = next.decision().flatMap(Decision::validUntil).orElse(null);
        Optional<LiveToken> token = granted.flatMap(AccessRequest.Granted::token);
        tokenId = token.map(live -> live.id().value()).orElse(null);
        tokenDigest = token.map(live -> live.digest().value()).orElse(null);
        tokenIssuedAt = token.map(LiveToken::issuedAt).orElse(null);
        Optional<AccessEnd> end = next instanceof AccessRequest.Ended ended ? Optional.of(ended.end()) : Optional.empty();
        endCause = end.map(one -> one.cause().name()).orElse(null);
        endedBy = end.flatMap(AccessEnd::endedBy).orElse(null);
        replacedBy = end.flatMap(AccessEnd::replacedBy).map(AccessRequestId::value).orElse(null);
        endedAt = end.map(AccessEnd::at).orElse(null);
        version++;
    }

    /** The life that the row keeps. */
    AccessRequest life() {
        Openings known = new Openings(read(openings, OPENINGS));
        Optional<Decision> decided = Optional.ofNullable(decision).map(text -> read(text, new TypeReference<Decision>() {}));
        switch (Status.named(status).orElseThrow(() -> new IllegalStateException("a row of an unknown status"))) {
            case PENDING:
                return new AccessRequest.Pending(asked(), known);
            case GRANTED:
                return new AccessRequest.Granted(asked(), decided.orElseThrow(), validUntil, known, Optional.ofNullable(tokenId)
                    .map(token -> new LiveToken(new TokenId(token), new TokenDigest(tokenDigest), tokenIssuedAt)));
            case DENIED:
                return new AccessRequest.Denied(asked(), decided.orElseThrow());
            case ENDED:
                return new AccessRequest.Ended(asked(), decided, known, new AccessEnd(AccessEnded.Cause.valueOf(endCause), Optional.ofNullable(endedBy),
                    Optional.ofNullable(replacedBy).map(AccessRequestId::new), endedAt));
            default:
                throw new IllegalStateException("a row of a status that no life has");
        }
    }

    Stored stored() {
        return new Stored(life(), version);
    }

    private RequestContent asked() {
        return new RequestContent(new AccessRequestId(id), new AccountName(account),
            new Requester(Requester.Kind.valueOf(ownerKind), ownerSubject, ownerClient, read(ownerRoles, TEXTS)), Optional.ofNullable(onBehalfOf),
            read(askedDetails, DETAILS), Duration.ofSeconds(durationSeconds), Optional.ofNullable(replaces).map(AccessRequestId::new),
            Optional.ofNullable(reason), requestedAt, requestDigest);
    }

    private static String details(List<AuthorizationDetail> details) {
        try {
            // Written as the list that it is, so that each entry says its type.
            return JSON.writerFor(DETAILS).writeValueAsString(details);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("a request has no JSON", impossible);
        }
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("a request has no JSON", impossible);
        }
    }

    private static <T> T read(String text, TypeReference<T> type) {
        try {
            return JSON.readValue(text, type);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException("a row is not readable", broken);
        }
    }
}
