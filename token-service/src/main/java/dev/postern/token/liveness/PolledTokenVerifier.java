// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import dev.postern.token.TokenDigest;
import dev.postern.token.TokenSecret;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.status.TokenState;
import dev.postern.token.status.TokenTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HexFormat;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers from the in-memory token table while its last poll is fresh; otherwise waits for the next PostgreSQL poll, shared by all waiting calls;
 * otherwise the token's status is unavailable. See token-service/docs/token-status.md.
 */
@Singleton
public class PolledTokenVerifier implements TokenVerifier {
    /** Enough for a round that fails, one that proves, and what the token opens. */
    private static final int LOOKS_MAX = 4;
    private static final TokenState UNAVAILABLE = new TokenState.Unavailable();

    private final Vertx vertx;
    private final TokenTable table;
    private final TokenPoller rounds;
    private final GrantContents contents;
    private final TokenFeed feed;

    public PolledTokenVerifier(Vertx vertx, Pool pool, TokenTable table, MeterRegistry metrics,
                               @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.vertx = vertx;
        this.table = table;
        this.rounds = new TokenPoller(vertx, pool, table);
        this.contents = new GrantContents(pool, table);
        this.feed = new TokenFeed(bootstrapServers, table);
        metrics.gauge("postern_tokens_live", table, TokenTable::size);
        metrics.gauge("postern_tokens_proved", table, known -> known.proved(System.nanoTime(), System.currentTimeMillis()) ? 1 : 0);
    }

    public void onStart(@Observes StartupEvent start) {
        rounds.start();
        feed.start();
    }

    public void onStop(@Observes ShutdownEvent stop) {
        feed.stop();
        rounds.stop();
    }

    @Override
    public Future<TokenState> ofToken(TokenSecret token) {
        byte[] sha256 = token.sha256();
        long now = System.nanoTime();
        TokenTable.Answer answer = table.find(sha256, now, System.currentTimeMillis(), now);
        return answer instanceof TokenTable.Answer.Known known ? Future.succeededFuture(known.state()) : ask(sha256, answer, now);
    }

    /** Asks, and answers on the context of the caller. */
    private Future<TokenState> ask(byte[] sha256, TokenTable.Answer answer, long since) {
        Context callers = vertx.getOrCreateContext();
        Promise<TokenState> promise = Promise.promise();
        ask(sha256, answer, since, LOOKS_MAX).otherwise(UNAVAILABLE).onSuccess(state -> callers.runOnContext(back -> promise.complete(state)));
        return promise.future();
    }

    private Future<TokenState> ask(byte[] sha256, TokenTable.Answer answer, long since, int looksLeft) {
        if (looksLeft == 0) {
            return Future.succeededFuture(UNAVAILABLE);
        }
        Future<Void> loaded = answer instanceof TokenTable.Answer.OpensWhat
            ? contents.load(new TokenDigest(HexFormat.of().formatHex(sha256)))
            : rounds.next();
        return loaded.compose(done -> {
            TokenTable.Answer next = table.find(sha256, System.nanoTime(), System.currentTimeMillis(), since);
            return next instanceof TokenTable.Answer.Known known ? Future.succeededFuture(known.state()) : ask(sha256, next, since, looksLeft - 1);
        });
    }
}
