// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * A token is dead.
 *
 * @param tokenId     the token
 * @param requestId   the grant that it carried
 * @param tokenDigest SHA-256 (hex) of the secret
 * @param cause       why
 * @param revokedAt   when
 * @param revokedBy   who caused it; empty for expiry, and in events from before this member existed
 */
public record TokenRevoked(TokenId tokenId, AccessRequestId requestId, String tokenDigest, Cause cause, Instant revokedAt,
                           Optional<Actor> revokedBy) implements Event {
    /** Makes absence empty. */
    public TokenRevoked {
        revokedBy = revokedBy == null ? Optional.empty() : revokedBy;
    }

    /** Creates an event without an actor. */
    public TokenRevoked(TokenId tokenId, AccessRequestId requestId, String tokenDigest, Cause cause, Instant revokedAt) {
        this(tokenId, requestId, tokenDigest, cause, revokedAt, Optional.empty());
    }

    /** The cause of the revocation. */
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
