// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.Outcome;
import dev.postern.events.TokenId;
import java.time.Instant;

/**
 * Issues a token to the owner of a grant, and to no one else, not even an operator: only the owner ever holds the secret.
 *
 * @param subject the {@code sub} of the caller
 * @param tokenId names the new token
 * @param digest  of its secret
 * @param now     when
 */
public record IssueToken(String subject, TokenId tokenId, TokenDigest digest, Instant now) {
    /** Unchanged, or ended because its time is over, where no token is issued. */
    public Outcome<AccessRequest> decide(AccessRequest request) {
        return request.asked().ownedBy(subject) ? request.issueToken(tokenId, digest, now) : Outcome.unchanged(request);
    }

    /** Returns true if {@code after} carries the token that this call issued. */
    public boolean issuedIn(AccessRequest after) {
        return after instanceof AccessRequest.Granted granted && granted.token().filter(token -> token.id().equals(tokenId)).isPresent();
    }
}
