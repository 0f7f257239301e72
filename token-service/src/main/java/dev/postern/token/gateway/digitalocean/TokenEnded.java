package dev.postern.token.gateway.digitalocean;

import dev.postern.token.TokenSecret;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.util.Map;

/** Reports that a token ended since its call began, or that its status cannot be verified. */
final class TokenEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int UNAUTHORIZED = 401;
    private static final int UNAVAILABLE = 503;
    private final boolean unknown;

    private TokenEnded(boolean unknown) {
        super("the token has ended", null, false, false);
        this.unknown = unknown;
    }

    /** Succeeds if the token lives now; fails with {@link TokenEnded} otherwise. Complete at once where memory can say it. */
    static Future<Void> unless(TokenVerifier truth, TokenSecret token) {
        return truth.ofToken(token).compose(state -> state instanceof TokenState.Live ? Future.succeededFuture()
            : Future.failedFuture(new TokenEnded(state instanceof TokenState.Unavailable)));
    }

    /** Returns true if the status cannot be verified. */
    boolean isUnknown() {
        return unknown;
    }

    /** Returns the status of the answer. */
    int status() {
        return unknown ? UNAVAILABLE : UNAUTHORIZED;
    }

    /** Answers the call. */
    void refuse(ClientAnswer answer) {
        if (unknown) {
            answer.unavailable("Postern cannot check tokens at the moment.");
        } else {
            answer.refuse(UNAUTHORIZED, "unauthorized", ErrorBodies.UNAUTHORIZED, Map.of("www-authenticate", "Bearer"));
        }
    }
}
