package dev.postern.token.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest.Granted;
import dev.postern.token.LiveToken;
import dev.postern.token.TokenSecret;
import dev.postern.token.gateway.TokenTruth;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.truth.TokenState;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The grant behind a live token. That the token lives is asked of {@link TokenTruth} every time; what it was granted for never changes while it lives,
 * so the row is read once.
 */
@ApplicationScoped
class GrantsOfTokens {
    /** Some kilobytes each. */
    private static final int KEPT_MAX = 2_000;

    private final TokenTruth truth;
    private final AccessRequestStore store;
    private final Cache<TokenId, Granted> read = Caffeine.newBuilder().maximumSize(KEPT_MAX).build();

    GrantsOfTokens(TokenTruth truth, AccessRequestStore store) {
        this.truth = truth;
        this.store = store;
    }

    /**
     * The grant whose live token this is; empty if it is none, or lives no more.
     *
     * @param secret as somebody shows it; may be anything
     */
    Uni<Optional<Granted>> of(String secret) {
        return Uni.createFrom().completionStage(() -> truth.of(secret).toCompletionStage()).chain(state -> {
            if (state instanceof TokenState.Live live) {
                Granted known = read.getIfPresent(live.grant().tokenId());
                return known != null ? Uni.createFrom().item(Optional.of(known)) : find(secret);
            }
            // Nothing is proved: the row itself says, or why it cannot be read.
            return state instanceof TokenState.Unavailable ? find(secret) : Uni.createFrom().item(Optional.empty());
        });
    }

    private Uni<Optional<Granted>> find(String secret) {
        return TokenSecret.read(secret).map(token -> store.findByToken(token.digest())).orElseGet(() -> Uni.createFrom().item(Optional.empty()))
            .invoke(found -> found.ifPresent(grant -> grant.token().map(LiveToken::id).ifPresent(id -> read.put(id, grant))));
    }
}
