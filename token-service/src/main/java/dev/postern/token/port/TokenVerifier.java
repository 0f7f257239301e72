package dev.postern.token.port;

import dev.postern.token.TokenSecret;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.util.Optional;

/** Which tokens live. token-service/docs/token-status.md, has the argument. */
public interface TokenVerifier {
    /**
     * What is known of the text behind {@code Authorization: Bearer}. Never fails, and is complete at once when memory is proved fresh and knows the token.
     *
     * @param secret as the caller shows it; may be anything, also null
     */
    default Future<TokenState> of(String secret) {
        Optional<TokenSecret> token = TokenSecret.read(secret);
        return token.isPresent() ? ofToken(token.get()) : Future.succeededFuture(new TokenState.NotAToken());
    }

    /** What is known of a token that has the form of one; otherwise as {@link #of(String)}. */
    Future<TokenState> ofToken(TokenSecret token);
}
