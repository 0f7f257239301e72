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
 */
public record AccessEnded(AccessRequestId requestId, AccountName account, Cause cause, Optional<String> endedBy,
                          Optional<AccessRequestId> replacedBy, Instant endedAt) implements Event {
    /** Why access ended. */
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
