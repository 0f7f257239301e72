// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.port;

import dev.postern.token.TokenSecret;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.util.Optional;

/** Which tokens live. token-service/docs/token-status.md, has the argument. */
public interface TokenVerifier {
    /**
     * Returns the state of the token in {@code Authorization: Bearer}. Never fails; complete at once while the token table is fresh and contains the
     * token.
     *
     * @param secret as the caller shows it; may be anything, also null
     */
    default Future<TokenState> of(String secret) {
        Optional<TokenSecret> token = TokenSecret.read(secret);
        return token.isPresent() ? ofToken(token.get()) : Future.succeededFuture(new TokenState.NotAToken());
    }

    /** Returns the state of a well-formed token; otherwise like {@link #of(String)}. */
    Future<TokenState> ofToken(TokenSecret token);
}
