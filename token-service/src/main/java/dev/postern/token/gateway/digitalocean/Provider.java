// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AccountName;
import dev.postern.events.TokenId;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.status.LiveGrant;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/** One account's API, as one event loop calls it: the address, the wide credential, kept-alive connections, and the budget that all loops share. */
final class Provider {
    private static final String DIGITALOCEAN = "https://api.digitalocean.com";
    private static final int WAITING_PER_CONNECTION = 8;
    private static final CharSequence REMAINING = HttpHeaders.createOptimized("ratelimit-remaining");
    private static final CharSequence RESET = HttpHeaders.createOptimized("ratelimit-reset");
    private static final Future<BudgetBook.Answer> TAKEN = Future.succeededFuture(new BudgetBook.Taken());

    private final HttpClient client;
    private final AccountName name;
    private final CallBudget budget;
    private final BudgetBook book;
    private final String credential;
    private final String base;
    private final String authority;
    private final String host;
    private final int port;
    private final boolean tls;
    private final long connectMs;
    private final long idleMs;

    Provider(Vertx vertx, AccountName name, ProviderAccounts.Account account, CallBudget budget, BudgetBook book, int connections) {
        this.name = name;
        URI url = account.url().orElse(URI.create(DIGITALOCEAN));
        this.tls = "https".equals(url.getScheme());
        this.host = url.getHost();
        this.port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        this.authority = url.getAuthority();
        this.base = url.getScheme() + "://" + authority;
        this.credential = "Bearer " + account.token();
        this.connectMs = account.connectTimeout().toMillis();
        this.idleMs = account.answerTimeout().toMillis();
        this.budget = budget;
        this.book = book;
        this.client = vertx.createHttpClient(new HttpClientOptions().setSsl(tls).setVerifyHost(true).setKeepAlive(true).setPipelining(false)
            .setDecompressionSupported(false).setConnectTimeout((int) connectMs).setMaxHeaderSize(32_768).setTcpNoDelay(true)
            .setMaxWaitQueueSize(connections * WAITING_PER_CONNECTION),
            new PoolOptions().setHttp1MaxSize(connections));
    }

    /**
     * A request for this target, with the credential not yet in it. It follows no redirect.
     *
     * @param streamed whether the client sends the body while we wait: then it is the client's connection that must not stand idle
     */
    Future<HttpClientRequest> request(HttpMethod method, String target, boolean streamed) {
        return client.request(new RequestOptions().setHost(host).setPort(port).setSsl(tls).setMethod(method).setURI(target).setFollowRedirects(false)
            .setConnectTimeout(connectMs).setIdleTimeout(streamed ? 0 : idleMs));
    }

    /** Puts the wide credential in the place of the caller's token. */
    void authorize(MultiMap headers) {
        headers.set(HttpHeaders.AUTHORIZATION, credential);
    }

    /** Takes one call of the account's budget. Complete at once where there is nothing to count; never fails. */
    Future<BudgetBook.Answer> take(LiveGrant grant) {
        if (budget.unlimited()) {
            return TAKEN;
        }
        TokenId token = grant.tokenId();
        Optional<BudgetBook.Spent> known = budget.refusal(token, System.currentTimeMillis());
        if (known.isPresent()) {
            return Future.succeededFuture(known.get());
        }
        return book.take(name, new BudgetBook.Sharer(grant.owner(), grant.requestId()), budget.perMinute(), budget.perHour()).onSuccess(answer -> {
            if (answer instanceof BudgetBook.Spent spent) {
                budget.spent(token, spent, System.currentTimeMillis());
            } else if (answer instanceof BudgetBook.Taken) {
                budget.taken(token);
            }
        });
    }

    /** Host and port, as it is called. */
    String authority() {
        return authority;
    }

    /** Reads what the provider says of its limits. */
    void hear(MultiMap headers) {
        String remaining = headers.get(REMAINING);
        String reset = headers.get(RESET);
        if (remaining != null && reset != null && remaining.length() < 16 && reset.length() < 16) {
            try {
                long left = Long.parseLong(remaining);
                budget.heard(left, Math.min(Long.parseLong(reset), Instant.now().getEpochSecond() + 3_600));
            } catch (NumberFormatException unreadable) {
                // The provider says nothing, then; what was counted here still holds.
                return;
            }
        }
    }

    /** Without the credential. */
    @Override
    public String toString() {
        return "Provider[" + base + "]";
    }
}
