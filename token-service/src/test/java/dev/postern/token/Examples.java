// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.Actor;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.ContainerRegistry;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.events.TokenId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Requests, decisions and openings as examples. */
public final class Examples {
    /** The example's noon. */
    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    /** Requested duration. */
    public static final Duration ASKED_FOR = Duration.ofHours(8);
    /** The portal that asks. */
    public static final Requester PORTAL = new Requester(Requester.Kind.PORTAL, "portal-subject", "client-portal", List.of("requester"));
    /** The portal, as who causes things. */
    public static final Actor BY = Actor.of(PORTAL);
    /** Another portal. */
    public static final Requester STRANGER = new Requester(Requester.Kind.PORTAL, "stranger-subject", "second-portal", List.of("requester"));
    /** The request's id. */
    public static final AccessRequestId ID = AccessRequestId.of("018f3f0e-7a51-7c3e-9b1d-0242ac120002");
    /** The id of the request that takes its place. */
    public static final AccessRequestId REPLACEMENT = AccessRequestId.of("018f3f0e-7a51-7c3e-9b1d-0242ac120003");
    /** The protected service. */
    public static final ServiceName SHOP_DB = new ServiceName("shop-db");
    /** The customer's address. */
    public static final SourceAddress ADDRESS = new SourceAddress("203.0.113.7");

    private Examples() {}

    /** Port 5432 of shop-db from these addresses. */
    public static FirewallOpening opening(String... sources) {
        return new FirewallOpening(new ResourceName("service:shop-db"), Protocol.TCP, PortRange.of("5432"),
            List.of(sources).stream().map(SourceAddress::new).toList());
    }

    /** One entry of each type. */
    public static List<AuthorizationDetail> oneOfEach() {
        return List.of(opening("203.0.113.7", "2001:db8::/64"),
            new DigitalOceanApi(new ResourceName("do:firewall:bb4b2611"), List.of("firewall:read", "firewall:update"),
                Optional.of(new Constraints(Optional.of(List.of("POST")),
                    Optional.of(JsonNodeFactory.instance.objectNode().put("type", "object").put("maxProperties", 3)),
                    Optional.of(java.util.Map.of("dry_run", List.of("true"))), Optional.of(100), Optional.of(10),
                    Optional.of(List.of(new SourceAddress("198.51.100.0/24"))), Optional.empty()))),
            new ContainerRegistry(new ResourceName("do:repository:acme/shop-api"), List.of("pull", "push")));
    }

    /** Returns the portal's request, made at noon. */
    public static RequestContent asked() {
        return asked(ID, PORTAL, Optional.empty());
    }

    /** Returns a request made at noon. */
    public static RequestContent asked(AccessRequestId id, Requester requester, Optional<AccessRequestId> replaces) {
        return RequestContent.sealed(id, new AccountName("acme"), requester, Optional.of("customer-17"), oneOfEach(), ASKED_FOR, replaces,
            Optional.of("nightly report"), NOON);
    }

    /** A grant of all that was asked, decided at noon. */
    public static AccessDecided granted(RequestContent asked) {
        return decided(asked, AccessDecided.Decision.GRANTED, asked.authorizationDetails(), Optional.of(NOON.plus(ASKED_FOR)), asked.digest());
    }

    /** A denial, decided at noon. */
    public static AccessDecided denied(RequestContent asked) {
        return decided(asked, AccessDecided.Decision.DENIED, List.of(), Optional.empty(), asked.digest());
    }

    /** Any decision. */
    public static AccessDecided decided(RequestContent asked, AccessDecided.Decision outcome, List<AuthorizationDetail> details, Optional<Instant> validUntil,
                                        String digest) {
        return new AccessDecided(asked.id(), asked.account(), asked.requester(), asked.onBehalfOf(), outcome, details,
            List.of(new AccessDecided.LeftOut(2, new ResourceName("do:droplet:1"), "forbid", "never")), validUntil,
            List.of(new PolicyId("portal-opens-databases")), 3, List.of("permitted"), digest, asked.replaces(), NOON);
    }

    /** A life in each state, with all that the state can carry. */
    public static AccessRequest.Pending pending() {
        return new AccessRequest.Pending(asked(), Openings.NONE);
    }

    /** Granted, no token collected. */
    public static AccessRequest.Granted granted() {
        return (AccessRequest.Granted) pending().onGranted(granted(asked())).next();
    }

    /** Granted, with a token. */
    public static AccessRequest.Granted withToken() {
        return (AccessRequest.Granted) granted().issueToken(tokenId(1), digest(1), NOON.plusSeconds(60)).next();
    }

    /** Denied. */
    public static AccessRequest.Denied denied() {
        return (AccessRequest.Denied) pending().onDenied(denied(asked())).next();
    }

    /** Ended by its owner after it was granted. */
    public static AccessRequest.Ended ended() {
        return (AccessRequest.Ended) withToken().revoke(BY, NOON.plusSeconds(120)).next();
    }

    /** Names the nth token. */
    public static TokenId tokenId(int n) {
        return new TokenId(new UUID(7, n));
    }

    /** The nth secret. */
    public static TokenSecret secret(int n) {
        byte[] random = new byte[TokenSecret.RANDOM_BYTES];
        random[31] = (byte) n;
        return TokenSecret.of(random);
    }

    /** The digest of the nth secret. */
    public static TokenDigest digest(int n) {
        return secret(n).digest();
    }

    /** The provider shows the opening from {@code source} in this state. */
    public static OpeningChange shown(String source, OpeningState state) {
        return new OpeningChange(ID, Protocol.TCP, PortRange.of("5432"), new SourceAddress(source), state, NOON.plusSeconds(5), Optional.empty());
    }
}
