// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.Actor;
import dev.postern.events.Event;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.events.TokenId;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The life of a request for access. Every state answers every event: a state that has not thought about a new event does not compile.
 * {@code awaiting_approval} gets its record here when policy publishes an event that leads there.
 */
public sealed interface AccessRequest {
    /** The content of the request; never changes after acceptance. */
    RequestContent asked();

    /** The policy decision; empty while pending, and where the request ended before one. */
    Optional<Decision> decision();

    /** The openings as last reported; more may have been reported than a {@link Pending} shows its owner. */
    Openings openings();

    /** The current status. */
    Status status();

    /**
     * Policy granted. Where the request was ended before, nothing comes of it: {@code access-ended} makes the firewall close what it may have opened.
     *
     * @throws IllegalArgumentException if it is no grant of this very request
     */
    Outcome<AccessRequest> onGranted(AccessDecided event);

    /**
     * Policy denied.
     *
     * @throws IllegalArgumentException if it is no answer to this very request
     */
    Outcome<AccessRequest> onDenied(AccessDecided event);

    /** The provider shows other states of openings. Travels on another topic than the decision, and may come before it. */
    Outcome<AccessRequest> onOpeningsChanged(ServiceName service, long sequence, List<OpeningChange> changes);

    /** Its owner collects a token; the earlier one is dead. Unchanged where there is nothing to collect; a grant that is over ends instead. */
    Outcome<AccessRequest> issueToken(TokenId tokenId, TokenDigest digest, Instant now);

    /** The token with this digest dies; the access stays. Unchanged if it is not this request's live token. */
    Outcome<AccessRequest> revokeToken(TokenDigest digest, Actor by, Instant now);

    /** Its owner or an operator ends it. Unchanged where there is nothing to end. */
    Outcome<AccessRequest> revoke(Actor by, Instant now);

    /** Another request of the same owner was granted in its place. */
    Outcome<AccessRequest> replacedBy(AccessRequestId replacement, Instant now);

    /** Its time may be over. */
    Outcome<AccessRequest> expire(Instant now);

    /** Names it. */
    default AccessRequestId id() {
        return asked().id();
    }

    /** Returns true if no event can change the request any more. */
    default boolean settled() {
        return false;
    }

    /** Policy has not answered. */
    record Pending(RequestContent asked, Openings openings) implements AccessRequest {
        @Override
        public Optional<Decision> decision() {
            return Optional.empty();
        }

        @Override
        public Status status() {
            return Status.PENDING;
        }

        @Override
        public Outcome<AccessRequest> onGranted(AccessDecided event) {
            DecisionBinding.check(asked, event);
            Decision decision = Decision.of(event);
            return Outcome.of(new Granted(asked, decision, DecisionBinding.end(asked, event), openings.granted(event.authorizationDetails(), event.decidedAt()),
                Optional.empty()));
        }

        @Override
        public Outcome<AccessRequest> onDenied(AccessDecided event) {
            DecisionBinding.check(asked, event);
            return Outcome.of(new Denied(asked, Decision.of(event)));
        }

        @Override
        public Outcome<AccessRequest> onOpeningsChanged(ServiceName service, long sequence, List<OpeningChange> changes) {
            return Outcome.of(new Pending(asked, openings.changed(service, sequence, changes)));
        }

        @Override
        public Outcome<AccessRequest> issueToken(TokenId tokenId, TokenDigest digest, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revokeToken(TokenDigest digest, Actor by, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revoke(Actor by, Instant now) {
            return end(new AccessEnd(AccessEnded.Cause.REVOKED, Optional.of(by.subject()), Optional.empty(), now), Optional.of(by));
        }

        @Override
        public Outcome<AccessRequest> replacedBy(AccessRequestId replacement, Instant now) {
            return end(new AccessEnd(AccessEnded.Cause.REPLACED, Optional.of(asked.requester().subject()), Optional.of(replacement), now),
                Optional.of(Actor.of(asked.requester())));
        }

        @Override
        public Outcome<AccessRequest> expire(Instant now) {
            return Outcome.unchanged(this);
        }

        private Outcome<AccessRequest> end(AccessEnd end, Optional<Actor> by) {
            return Outcome.of(new Ended(asked, Optional.empty(), openings.ended(end.at()), end), end.event(asked, by));
        }
    }

    /**
     * Access is given.
     *
     * @param validUntil when it ends by itself
     * @param token      the token that its owner holds; empty before the first is collected, and after one was revoked
     */
    record Granted(RequestContent asked, Decision granted, Instant validUntil, Openings openings, Optional<LiveToken> token) implements AccessRequest {
        @Override
        public Optional<Decision> decision() {
            return Optional.of(granted);
        }

        @Override
        public Status status() {
            return Status.GRANTED;
        }

        /** Returns true if access is in force at {@code now}. The expiry sweep may lag; this check does not. */
        public boolean holds(Instant now) {
            return now.isBefore(validUntil);
        }

        @Override
        public Outcome<AccessRequest> onGranted(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onDenied(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onOpeningsChanged(ServiceName service, long sequence, List<OpeningChange> changes) {
            return Outcome.of(new Granted(asked, granted, validUntil, openings.changed(service, sequence, changes), token));
        }

        @Override
        public Outcome<AccessRequest> issueToken(TokenId tokenId, TokenDigest digest, Instant now) {
            if (!holds(now)) {
                return expire(now);
            }
            Granted next = new Granted(asked, granted, validUntil, openings, Optional.of(new LiveToken(tokenId, digest, now)));
            Optional<Actor> owner = Optional.of(Actor.of(asked.requester()));
            Event issued = new TokenIssued(tokenId, id(), asked.account(), digest.value(), granted.authorizationDetails(), now, validUntil, owner);
            return token.map(earlier -> Outcome.<AccessRequest>of(next, revoked(earlier, TokenRevoked.Cause.ROTATED, now, owner), issued))
                .orElseGet(() -> Outcome.of(next, issued));
        }

        @Override
        public Outcome<AccessRequest> revokeToken(TokenDigest digest, Actor by, Instant now) {
            return token.filter(live -> live.digest().equals(digest))
                .map(live -> Outcome.<AccessRequest>of(new Granted(asked, granted, validUntil, openings, Optional.empty()),
                    revoked(live, TokenRevoked.Cause.REVOKED, now, Optional.of(by))))
                .orElseGet(() -> Outcome.unchanged(this));
        }

        @Override
        public Outcome<AccessRequest> revoke(Actor by, Instant now) {
            return end(new AccessEnd(AccessEnded.Cause.REVOKED, Optional.of(by.subject()), Optional.empty(), now), TokenRevoked.Cause.ENDED, Optional.of(by));
        }

        @Override
        public Outcome<AccessRequest> replacedBy(AccessRequestId replacement, Instant now) {
            return end(new AccessEnd(AccessEnded.Cause.REPLACED, Optional.of(asked.requester().subject()), Optional.of(replacement), now),
                TokenRevoked.Cause.ENDED, Optional.of(Actor.of(asked.requester())));
        }

        @Override
        public Outcome<AccessRequest> expire(Instant now) {
            return holds(now) ? Outcome.unchanged(this)
                : end(new AccessEnd(AccessEnded.Cause.EXPIRED, Optional.empty(), Optional.empty(), now), TokenRevoked.Cause.EXPIRED, Optional.empty());
        }

        private Outcome<AccessRequest> end(AccessEnd end, TokenRevoked.Cause cause, Optional<Actor> by) {
            Ended next = new Ended(asked, Optional.of(granted), openings.ended(end.at()), end);
            return token.map(live -> Outcome.<AccessRequest>of(next, end.event(asked, by), revoked(live, cause, end.at(), by)))
                .orElseGet(() -> Outcome.of(next, end.event(asked, by)));
        }

        private TokenRevoked revoked(LiveToken dead, TokenRevoked.Cause cause, Instant now, Optional<Actor> by) {
            return new TokenRevoked(dead.id(), id(), dead.digest().value(), cause, now, by);
        }
    }

    /** Policy refused; nothing was ever open. Final. */
    record Denied(RequestContent asked, Decision denied) implements AccessRequest {
        @Override
        public Optional<Decision> decision() {
            return Optional.of(denied);
        }

        @Override
        public Openings openings() {
            return Openings.NONE;
        }

        @Override
        public Status status() {
            return Status.DENIED;
        }

        @Override
        public boolean settled() {
            return true;
        }

        @Override
        public Outcome<AccessRequest> onGranted(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onDenied(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onOpeningsChanged(ServiceName service, long sequence, List<OpeningChange> changes) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> issueToken(TokenId tokenId, TokenDigest digest, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revokeToken(TokenDigest digest, Actor by, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revoke(Actor by, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> replacedBy(AccessRequestId replacement, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> expire(Instant now) {
            return Outcome.unchanged(this);
        }
    }

    /**
     * Access is over: its token is dead, its openings close. Final, but for openings that the provider still shows.
     *
     * @param decision the grant that ended; empty if it was ended before policy answered
     * @param end      why it ended
     */
    record Ended(RequestContent asked, Optional<Decision> decision, Openings openings, AccessEnd end) implements AccessRequest {
        @Override
        public Status status() {
            return Status.ENDED;
        }

        @Override
        public boolean settled() {
            return openings.settled();
        }

        @Override
        public Outcome<AccessRequest> onGranted(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onDenied(AccessDecided event) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> onOpeningsChanged(ServiceName service, long sequence, List<OpeningChange> changes) {
            return Outcome.of(new Ended(asked, decision, openings.changedAfter(end.at(), service, sequence, changes), end));
        }

        @Override
        public Outcome<AccessRequest> issueToken(TokenId tokenId, TokenDigest digest, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revokeToken(TokenDigest digest, Actor by, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> revoke(Actor by, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> replacedBy(AccessRequestId replacement, Instant now) {
            return Outcome.unchanged(this);
        }

        @Override
        public Outcome<AccessRequest> expire(Instant now) {
            return Outcome.unchanged(this);
        }
    }
}
