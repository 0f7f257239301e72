// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyId;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest;
import dev.postern.token.RequestContent;
import dev.postern.token.RequestAccess;
import dev.postern.token.TokenSecret;
import dev.postern.token.postgres.AccessRequestStore;
import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** Grants and tokens as the service makes them, in its real tables and with their real events, without HTTP and policy in between. */
public final class Grants {
    private static final SecureRandom CHANCE = new SecureRandom();
    private static final Requester OWNER = new Requester(Requester.Kind.PORTAL, "truth-owner", "client-portal", List.of("requester"));
    private final AccessRequestStore store;

    public Grants(AccessRequestStore store) {
        this.store = store;
    }

    /** Calls on droplets, narrowed. */
    public static DigitalOceanApi droplets(Constraints constraints) {
        return new DigitalOceanApi(new ResourceName("do:droplet:*"), List.of("droplet:read", "droplet:create"), Optional.of(constraints));
    }

    /** Limits of calls. */
    public static Constraints limits(Integer calls, Integer perMinute) {
        return new Constraints(null, null, null, Optional.ofNullable(calls), Optional.ofNullable(perMinute), null, null);
    }

    /** Returns constraints that limit {@code *} to the grant's own creations. */
    public static Constraints ownCreated() {
        return new Constraints(null, null, null, null, null, null, Optional.of(true));
    }

    /** A grant that runs for a time. */
    public AccessRequestId grant(Duration time, AuthorizationDetail... details) {
        return grant(OWNER, time, details);
    }

    /** The same, of another owner. */
    public AccessRequestId grant(String owner, Duration time, AuthorizationDetail... details) {
        return grant(new Requester(Requester.Kind.PORTAL, owner, "client-portal", List.of("requester")), time, details);
    }

    private AccessRequestId grant(Requester owner, Duration time, AuthorizationDetail... details) {
        AccessRequestId id = new AccessRequestId(UUID.randomUUID());
        RequestContent asked = RequestContent.sealed(id, new AccountName("acme"), owner, Optional.empty(), List.of(details), Duration.ofHours(1),
            Optional.empty(),
            Optional.empty(), now());
        done(() -> store.request(new RequestAccess(asked)));
        decide(id, request -> request.onGranted(new AccessDecided(id, asked.account(), owner, Optional.empty(), AccessDecided.Decision.GRANTED,
            List.of(details), List.of(), Optional.of(now().plus(time)), List.of(new PolicyId("test")), 1, List.of("permitted"), asked.digest(),
            Optional.empty(), now())));
        return id;
    }

    /** Collects a token; the one before it is dead when this returns. */
    public TokenSecret collect(AccessRequestId id) {
        return collect(id, fresh());
    }

    /** A secret that nobody has yet. */
    public static TokenSecret fresh() {
        byte[] random = new byte[TokenSecret.RANDOM_BYTES];
        CHANCE.nextBytes(random);
        return TokenSecret.of(random);
    }

    /** Collects a token with this secret. */
    public TokenSecret collect(AccessRequestId id, TokenSecret secret) {
        decide(id, request -> request.issueToken(new TokenId(UUID.randomUUID()), secret.digest(), now()));
        return secret;
    }

    /** The holder revokes the token. */
    public void revoke(AccessRequestId id, TokenSecret secret) {
        decide(id, request -> request.revokeToken(secret.digest(), dev.postern.events.Actor.of(OWNER), now()));
    }

    /** The owner ends the grant. */
    public void end(AccessRequestId id) {
        decide(id, request -> request.revoke(dev.postern.events.Actor.of(OWNER), now()));
    }

    private void decide(AccessRequestId id, Function<AccessRequest, Outcome<AccessRequest>> decision) {
        done(() -> store.decide(id, decision));
    }

    private static <T> T done(Supplier<Uni<T>> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(work);
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
