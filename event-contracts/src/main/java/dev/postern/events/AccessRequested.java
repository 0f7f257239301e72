// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Somebody asked for access; policy answers with {@link AccessDecided}.
 *
 * @param requestId            the request
 * @param account              the cloud account that the resources belong to
 * @param requester            who asks
 * @param onBehalfOf           the customer for whom a portal asks, in the portal's own words
 * @param authorizationDetails what is asked for
 * @param duration             for how long, from the decision on
 * @param replaces             a request of the same owner that ends when this one is granted
 * @param reason               why, for approver and auditor
 * @param requestDigest        SHA-256 (hex) of the exact request, which decision and approval are bound to
 * @param requestedAt          when it was accepted
 */
public record AccessRequested(AccessRequestId requestId, AccountName account, Requester requester, Optional<String> onBehalfOf,
                              List<AuthorizationDetail> authorizationDetails, Duration duration, Optional<AccessRequestId> replaces,
                              Optional<String> reason, String requestDigest, Instant requestedAt) implements Event {
    /** Copies the list. */
    public AccessRequested {
        authorizationDetails = List.copyOf(authorizationDetails);
    }

    @Override
    public Topic topic() {
        return Topic.ACCESS_REQUESTED;
    }

    @Override
    public String key() {
        return requestId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), requestId);
    }

    @Override
    public Instant time() {
        return requestedAt;
    }
}
