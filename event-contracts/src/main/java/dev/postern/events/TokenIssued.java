// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A token was handed to the owner of a grant. The secret is in nobody's hands but the owner's: this carries its digest.
 *
 * @param tokenId              the token
 * @param requestId            the grant that it carries
 * @param account              the account that it opens
 * @param tokenDigest          SHA-256 (hex) of the secret
 * @param authorizationDetails what it opens
 * @param issuedAt             when
 * @param validUntil           when it ends by itself
 * @param issuedTo             who collected it; empty in events from before this member existed
 */
public record TokenIssued(TokenId tokenId, AccessRequestId requestId, AccountName account, String tokenDigest,
                          List<AuthorizationDetail> authorizationDetails, Instant issuedAt, Instant validUntil,
                          Optional<Actor> issuedTo) implements Event {
    /** Copies the list. */
    public TokenIssued {
        authorizationDetails = List.copyOf(authorizationDetails);
        issuedTo = issuedTo == null ? Optional.empty() : issuedTo;
    }

    /** An event without the caller who collected the token. */
    public TokenIssued(TokenId tokenId, AccessRequestId requestId, AccountName account, String tokenDigest, List<AuthorizationDetail> authorizationDetails,
                       Instant issuedAt, Instant validUntil) {
        this(tokenId, requestId, account, tokenDigest, authorizationDetails, issuedAt, validUntil, Optional.empty());
    }

    @Override
    public Topic topic() {
        return Topic.TOKEN_ISSUED;
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
        return issuedAt;
    }
}
