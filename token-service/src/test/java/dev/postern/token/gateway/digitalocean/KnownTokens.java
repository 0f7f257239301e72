// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.TokenId;
import dev.postern.token.TokenDigest;
import dev.postern.token.TokenSecret;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.status.TokenState;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens of a test, in memory: what they open is given, how they die as well. */
final class KnownTokens implements TokenVerifier {
    static final AccountName ACME = new AccountName("acme");
    private static final SecureRandom CHANCE = new SecureRandom();
    private final Map<TokenDigest, TokenState> states = new ConcurrentHashMap<>();

    /** A token that lives, of the account acme; its secret. */
    String live(List<AuthorizationDetail> details) {
        return live(ACME, details);
    }

    /** A token that lives; its secret. */
    String live(AccountName account, List<AuthorizationDetail> details) {
        return live(account, "portal", details);
    }

    /** A token that lives, of an owner; its secret. */
    String live(AccountName account, String owner, List<AuthorizationDetail> details) {
        return with(
            new TokenState.Live(new LiveGrant(TokenId.of(UUID.randomUUID().toString()), AccessRequestId.of(UUID.randomUUID().toString()), account, owner,
                details, Instant.now().plusSeconds(3_600), Map.of())));
    }

    /** A token in this state; its secret. */
    String with(TokenState state) {
        TokenSecret secret = fresh();
        states.put(secret.digest(), state);
        return secret.reveal();
    }

    /** Sets the state of a token. */
    void becomes(String secret, TokenState state) {
        states.put(TokenSecret.read(secret).orElseThrow().digest(), state);
    }

    /** Forgets a token, as if it had never been. */
    void forget(String secret) {
        states.remove(TokenSecret.read(secret).orElseThrow().digest());
    }

    /** A secret that nobody knows. */
    static TokenSecret fresh() {
        byte[] random = new byte[TokenSecret.RANDOM_BYTES];
        CHANCE.nextBytes(random);
        return TokenSecret.of(random);
    }

    @Override
    public Future<TokenState> ofToken(TokenSecret token) {
        return Future.succeededFuture(states.getOrDefault(token.digest(), new TokenState.Unknown()));
    }
}
