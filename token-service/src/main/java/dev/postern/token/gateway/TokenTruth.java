package dev.postern.token.gateway;

import dev.postern.token.truth.TokenState;
import io.vertx.core.Future;

/** Which tokens live. DESIGN.md, "Truth about tokens", has the argument. */
public interface TokenTruth {
    /**
     * What is known of the text behind {@code Authorization: Bearer}. Never fails, and is complete at once when memory is proved fresh and knows the token.
     *
     * @param secret as the caller shows it; may be anything, also null
     */
    Future<TokenState> of(String secret);
}
