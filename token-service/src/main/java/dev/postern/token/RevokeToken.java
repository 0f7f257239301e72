package dev.postern.token;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import java.time.Instant;

/**
 * Who holds a secret kills its token (RFC 7009). The access itself stays, and its owner can collect another token.
 *
 * @param digest of the secret
 * @param by     who revokes it
 * @param now    when
 */
public record RevokeToken(TokenDigest digest, Actor by, Instant now) {
    /** Unchanged if it is not the live token of this request. */
    public Outcome<AccessRequest> decide(AccessRequest request) {
        return request.revokeToken(digest, by, now);
    }
}
