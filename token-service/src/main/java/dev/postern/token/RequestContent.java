// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.Requester;
import dev.postern.events.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The content of an access request. It never changes after the request was accepted.
 *
 * @param id                   the request
 * @param account              the cloud account that the resources belong to
 * @param requester            who asks; its {@code subject} owns the request
 * @param onBehalfOf           the customer for whom a portal asks, in the portal's own words
 * @param authorizationDetails what is asked for, 1 to {@link Limits#ENTRIES_MAX} entries
 * @param duration             for how long, from the decision on
 * @param replaces             a request of the same owner that ends when this one is granted
 * @param reason               why, for approver and auditor
 * @param requestedAt          when it was accepted
 * @param digest               SHA-256 (hex) of the exact request; decision and approval are bound to it
 */
public record RequestContent(AccessRequestId id, AccountName account, Requester requester, Optional<String> onBehalfOf,
                             List<AuthorizationDetail> authorizationDetails, Duration duration, Optional<AccessRequestId> replaces, Optional<String> reason,
                             Instant requestedAt, String digest) {
    private static final String NO_DIGEST = "0".repeat(64);

    /** Copies the list. */
    public RequestContent {
        Objects.requireNonNull(id, "id");
        authorizationDetails = List.copyOf(authorizationDetails);
    }

    /** Returns true if {@code subject} owns the request. */
    public boolean ownedBy(String subject) {
        return requester.subject().equals(subject);
    }

    /** Returns true if a retry has the same content: all that the client sent, not the time of receipt. */
    public boolean sameContent(RequestContent other) {
        return id.equals(other.id) && account.equals(other.account) && ownedBy(other.requester.subject()) && onBehalfOf.equals(other.onBehalfOf)
            && authorizationDetails.equals(other.authorizationDetails) && duration.equals(other.duration) && replaces.equals(other.replaces)
            && reason.equals(other.reason);
    }

    /**
     * The same with its digest: SHA-256 over the payload of its event with zeros for {@code request_digest}. Made once, when the request is accepted,
     * and kept: later versions of this service may write an event with more members.
     */
    public static RequestContent sealed(AccessRequestId id, AccountName account, Requester requester, Optional<String> onBehalfOf,
                                        List<AuthorizationDetail> authorizationDetails, Duration duration, Optional<AccessRequestId> replaces,
                                        Optional<String> reason, Instant requestedAt) {
        RequestContent open = new RequestContent(id, account, requester, onBehalfOf, authorizationDetails, duration, replaces, reason, requestedAt, NO_DIGEST);
        return new RequestContent(id, account, requester, onBehalfOf, authorizationDetails, duration, replaces, reason, requestedAt,
            Sha256.hex(EventJson.write(open.event())));
    }

    /** Returns the event that publishes the request. */
    public AccessRequested event() {
        return new AccessRequested(id, account, requester, onBehalfOf, authorizationDetails, duration, replaces, reason, digest, requestedAt);
    }
}
