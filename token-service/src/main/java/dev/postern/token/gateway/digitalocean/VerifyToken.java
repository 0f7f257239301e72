// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.TokenSecret;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.util.Optional;

/** Step 1: the token lives. 401; 503 if its status cannot be verified. */
record VerifyToken(TokenVerifier verifier) {
    /** Prefix of a JWT access token of the realm: a JSON object in base64url. */
    private static final String JWT = "eyJ";
    private static final String BEARER = "Bearer ";

    /** Returns the grant behind the token in Authorization. */
    Future<LiveGrant> verify(GatewayCall call) {
        String shown = bearer(call.head().authorization());
        Optional<TokenSecret> secret = TokenSecret.read(shown);
        if (secret.isEmpty()) {
            return Future.failedFuture(CallRefusal.unauthorized(shown != null && shown.startsWith(JWT) ? ErrorBodies.REALM_TOKEN : ErrorBodies.UNAUTHORIZED));
        }
        return call.onLoop(live(secret.get())).onSuccess(grant -> call.verified(secret.get(), grant));
    }

    /** Looks the token of a call up once more: it may have been revoked while the call waited. Complete at once where memory can say it. */
    Future<LiveGrant> again(GatewayCall call) {
        return call.onLoop(live(call.token()));
    }

    private Future<LiveGrant> live(TokenSecret secret) {
        return verifier.ofToken(secret).map(state -> {
            if (state instanceof TokenState.Live live) {
                return live.grant();
            }
            throw state instanceof TokenState.Unavailable ? CallRefusal.unavailable("Postern cannot check tokens at the moment.")
                : CallRefusal.unauthorized(ErrorBodies.UNAUTHORIZED);
        });
    }

    /** Returns the text behind {@code Bearer} and at least one blank (RFC 9110 section 11.4), null if there is none. */
    private static String bearer(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        int at = BEARER.length();
        while (at < authorization.length() && authorization.charAt(at) == ' ') {
            at++;
        }
        return authorization.substring(at);
    }
}
