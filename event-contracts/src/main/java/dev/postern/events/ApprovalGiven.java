// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * A person answered where policy asks for one; never the requester.
 *
 * @param requestId     the request
 * @param outcome       approved or refused
 * @param approver      the {@code sub} of who answered
 * @param reason        why
 * @param requestDigest of the request that the approver saw
 * @param givenAt       when
 * @param approverClient the client by which the person answered; empty in events of earlier versions
 */
public record ApprovalGiven(AccessRequestId requestId, Approval outcome, String approver, Optional<String> reason, String requestDigest,
                            Instant givenAt, Optional<String> approverClient) implements Event {
    /** Makes absence empty. */
    public ApprovalGiven {
        approverClient = approverClient == null ? Optional.empty() : approverClient;
    }

    /** Approved or refused. */
    public enum Approval {
        /** The request may be granted as policy says. */
        @JsonProperty("approved") APPROVED,
        /** The request is denied. */
        @JsonProperty("refused") REFUSED
    }
    @Override
    public Topic topic() {
        return Topic.APPROVAL_GIVEN;
    }

    @Override
    public String key() {
        return requestId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), requestId, approver, requestDigest);
    }

    @Override
    public Instant time() {
        return givenAt;
    }
}
