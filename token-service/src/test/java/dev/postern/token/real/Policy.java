// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.real;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessRequested;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** policy-service, played by the test: answers requests that it really heard of, over the real broker. */
public final class Policy {
    private static final String SERVICE = "policy-service";

    private Policy() {}

    /** Grants all that was asked, for as long as was asked. */
    public static AccessDecided grants(String requestId) {
        AccessRequested asked = heard(requestId);
        return grants(asked, asked.authorizationDetails(), asked.duration());
    }

    /** Grants all that was asked, for a time. */
    public static AccessDecided grants(String requestId, Duration time) {
        AccessRequested asked = heard(requestId);
        return grants(asked, asked.authorizationDetails(), time);
    }

    /** Denies all. */
    public static AccessDecided denies(String requestId) {
        AccessRequested asked = heard(requestId);
        AccessDecided denied = new AccessDecided(asked.requestId(), asked.account(), asked.requester(), asked.onBehalfOf(),
            AccessDecided.Decision.DENIED, List.of(),
            List.of(new AccessDecided.LeftOut(0, asked.authorizationDetails().get(0).identifier(), "default-deny", "no policy permits it")),
            Optional.empty(), List.of(), 3, List.of("no policy permits it"), asked.requestDigest(), asked.replaces(), now());
        Events.publish(SERVICE, denied);
        return denied;
    }

    /** The event by which policy heard of a request; waits for it. */
    public static AccessRequested heard(String requestId) {
        return Events.one(AccessRequested.class, event -> event.requestId().toString().equals(requestId));
    }

    /** A grant, not yet published. */
    public static AccessDecided granted(AccessRequested asked, List<AuthorizationDetail> details, Duration time) {
        Instant now = now();
        return new AccessDecided(asked.requestId(), asked.account(), asked.requester(), asked.onBehalfOf(), AccessDecided.Decision.GRANTED, details,
            List.of(), Optional.of(now.plus(time)), List.of(new PolicyId("portal-opens-databases")), 3, List.of("permitted"), asked.requestDigest(),
            asked.replaces(), now);
    }

    private static AccessDecided grants(AccessRequested asked, List<AuthorizationDetail> details, Duration time) {
        AccessDecided granted = granted(asked, details, time);
        Events.publish(SERVICE, granted);
        return granted;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
