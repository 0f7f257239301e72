// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.TokenDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The status of a request in PostgreSQL, as far as the gateway needs it: its live token, if any. The contents of the grant are not part of it.
 *
 * @param requestId the request
 * @param expired   whether it ended because its time was over
 * @param token     its live token; empty if there is none
 */
public record TokenStatus(AccessRequestId requestId, boolean expired, Optional<Token> token) {
    /**
     * The one token of a request that lives.
     *
     * @param id            the token
     * @param digest        of its secret
     * @param account       the account that it opens
     * @param owner         subject of the requester: shares of budget and memory are by owner first
     * @param detailsDigest SHA-256 of what it opens, lower-case hex: contents from elsewhere are believed only if they have it
     * @param validUntil    when it ends
     * @param created       index of an entry with {@code own_created} → what it created
     * @param deleted       what its entries created and what was deleted since
     */
    public record Token(TokenId id, TokenDigest digest, AccountName account, String owner, String detailsDigest, Instant validUntil,
                        Map<Integer, Set<ResourceName>> created, Set<ResourceName> deleted) {
        /** Copies the collections. */
        public Token {
            created = Map.copyOf(created);
            deleted = Set.copyOf(deleted);
        }

        /** A token whose grant deleted nothing. */
        public Token(TokenId id, TokenDigest digest, AccountName account, String owner, String detailsDigest, Instant validUntil,
                     Map<Integer, Set<ResourceName>> created) {
            this(id, digest, account, owner, detailsDigest, validUntil, created, Set.of());
        }
    }
}
