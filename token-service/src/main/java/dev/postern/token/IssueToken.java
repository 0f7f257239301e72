package dev.postern.token;

import dev.postern.events.Outcome;
import dev.postern.events.TokenId;
import java.time.Instant;

/**
 * The owner of a grant collects a token. Nobody else does, an operator neither: a secret is in nobody's hands but the owner's.
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
