package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * A token is dead.
 *
 * @param tokenId     the token
 * @param requestId   the grant that it carried
 * @param tokenDigest SHA-256 (hex) of the secret
 * @param cause       why
 * @param revokedAt   when
 */
public record TokenRevoked(TokenId tokenId, AccessRequestId requestId, String tokenDigest, Cause cause, Instant revokedAt) implements Event {
    /** Why a token died. */
    public enum Cause {
        /** Its owner collected another one. */
        @JsonProperty("rotated") ROTATED,
        /** Its holder revoked it (RFC 7009). */
        @JsonProperty("revoked") REVOKED,
        /** The access that it carried ended. */
        @JsonProperty("ended") ENDED,
        /** Its time was over. */
        @JsonProperty("expired") EXPIRED
    }
    @Override
    public Topic topic() {
        return Topic.TOKEN_REVOKED;
    }

    @Override
    public String key() {
        return tokenId.toString();
    }

    @Override
    public EventId id() {
        return EventId.of(topic().topicName(), tokenId);
    }

    @Override
    public Instant time() {
        return revokedAt;
    }
}
