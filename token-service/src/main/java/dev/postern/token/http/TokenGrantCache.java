// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest.Granted;
import dev.postern.token.LiveToken;
import dev.postern.token.TokenSecret;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.status.TokenState;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The grant behind a live token. That the token lives is asked of {@link TokenVerifier} every time; what it was granted for never changes while it lives,
 * so the row is read once, and the answer to introspection is written once.
 */
@Singleton
class TokenGrantCache {
    /** Some kilobytes each. */
    private static final int KEPT_MAX = 2_000;

    private final TokenVerifier truth;
    private final AccessRequestStore store;
    private final ObjectMapper mapper;
    private final URI issuer;
    private final Cache<TokenId, CachedGrant> read = Caffeine.newBuilder().maximumSize(KEPT_MAX).build();

    TokenGrantCache(TokenVerifier truth, AccessRequestStore store, ObjectMapper mapper, @ConfigProperty(name = "postern.public-url") URI issuer) {
        this.truth = truth;
        this.store = store;
        this.mapper = mapper;
        this.issuer = issuer;
    }

    /**
     * The grant whose live token this is; empty if it is none, or lives no more.
     *
     * @param secret as the client sent it; may be any text
     */
    Uni<Optional<CachedGrant>> of(String secret) {
        Future<TokenState> state = truth.of(secret);
        return state.succeeded() ? of(secret, state.result()) : Uni.createFrom().completionStage(state.toCompletionStage()).chain(known -> of(secret, known));
    }

    private Uni<Optional<CachedGrant>> of(String secret, TokenState state) {
        if (state instanceof TokenState.Live live) {
            CachedGrant known = read.getIfPresent(live.grant().tokenId());
            return known != null ? Uni.createFrom().item(Optional.of(known)) : find(secret);
        }
        // Nothing is proved: the row itself says, or why it cannot be read.
        return state instanceof TokenState.Unavailable ? find(secret) : Uni.createFrom().item(Optional.empty());
    }

    private Uni<Optional<CachedGrant>> find(String secret) {
        return TokenSecret.read(secret).map(token -> store.findByToken(token.digest())).orElseGet(() -> Uni.createFrom().item(Optional.empty()))
            .map(found -> found.flatMap(grant -> grant.token().map(token -> keep(grant, token))));
    }

    private CachedGrant keep(Granted grant, LiveToken token) {
        try {
            CachedGrant known = new CachedGrant(grant, mapper.writeValueAsBytes(Introspection.of(grant, token, issuer)));
            read.put(token.id(), known);
            return known;
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
