// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * A request is over: its tokens are dead, its openings close.
 *
 * @param requestId  the request
 * @param account    its account
 * @param cause      why it ended
 * @param endedBy    the {@code sub} of who ended it; absent for expiry
 * @param replacedBy the request that took its place, where the cause is {@code replaced}
 * @param endedAt    when
 * @param endedByClient the client by which it was ended; empty for expiry, and in events from before this member existed
 */
public record AccessEnded(AccessRequestId requestId, AccountName account, Cause cause, Optional<String> endedBy,
                          Optional<AccessRequestId> replacedBy, Instant endedAt, Optional<String> endedByClient) implements Event {
    /** Makes absence empty. */
    public AccessEnded {
        endedBy = endedBy == null ? Optional.empty() : endedBy;
        replacedBy = replacedBy == null ? Optional.empty() : replacedBy;
        endedByClient = endedByClient == null ? Optional.empty() : endedByClient;
    }

    /** Creates an event without the client that ended the access. */
    public AccessEnded(AccessRequestId requestId, AccountName account, Cause cause, Optional<String> endedBy, Optional<AccessRequestId> replacedBy,
                       Instant endedAt) {
        this(requestId, account, cause, endedBy, replacedBy, endedAt, Optional.empty());
    }

    /** The cause of the end. */
    public enum Cause {
        /** Its time was over. */
        @JsonProperty("expired") EXPIRED,
        /** Its owner or an operator ended it. */
        @JsonProperty("revoked") REVOKED,
        /** Another request of the same owner took its place. */
        @JsonProperty("replaced") REPLACED
    }
    @Override
    public Topic topic() {
        return Topic.ACCESS_ENDED;
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
        return endedAt;
    }
}
