// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.local.parts.RealParts;
import dev.postern.token.liveness.PolledTokenVerifier;
import dev.postern.token.postgres.CallStore;
import dev.postern.token.postgres.Replicas;
import dev.postern.token.status.TokenTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * One more replica of the gateway, in the process of the tests: with a table, questions, a reader of Kafka, a journal, counts, settings and a server of its
 * own, on the real broker and the real database.
 */
final class Replica implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final PolledTokenVerifier truth;
    private final Gateway gateway;

    /** Parts shared by replicas. */
    @Singleton
    static class Parts {
        @Inject
        Vertx vertx;
        @Inject
        Pool pool;
        @Inject
        CallStore calls;
    }

    /**
     * Starts it.
     *
     * @param url      where the account acme is
     * @param token    of that account
     * @param settings {@code postern.gateway.digitalocean.*} without that prefix, where they are others than the tests': a free port, no limits
     */
    Replica(Parts parts, String url, String token, Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("postern.accounts.acme.url", url, "postern.accounts.acme.token", token));
        Map<String, String> own = new HashMap<>(Map.of("host", "127.0.0.1", "port", "0", "calls-per-minute", "0", "calls-per-hour", "0"));
        own.putAll(settings);
        own.forEach((name, value) -> all.put("postern.gateway.digitalocean." + name, value));
        SmallRyeConfig config = new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(GatewaySettings.class).withMapping(ProviderAccounts.class)
            .withSources(new PropertiesConfigSource(all, "replica", 100)).build();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        TokenTable table = new TokenTable();
        truth = new PolledTokenVerifier(parts.vertx, parts.pool, table, meters, RealParts.kafka().bootstrapServers());
        truth.onStart(null);
        gateway = new Gateway(parts.vertx, config.getConfigMapping(GatewaySettings.class), config.getConfigMapping(ProviderAccounts.class), truth,
            Replicas.limits(parts.vertx, parts.pool), Replicas.budgets(parts.vertx, parts.pool), Replicas.journal(parts.vertx, parts.calls, table, meters),
            meters);
        gateway.start(null);
    }

    int port() {
        return gateway.port();
    }

    /** @param body null for none @param headers name, value, name, value … */
    HttpResponse<String> call(String token, String method, String path, String body, String... headers) throws Exception {
        return callAt("http://localhost:" + port(), token, method, path, body, headers);
    }

    /** The same at another address: at the provider itself, or at another replica. */
    static HttpResponse<String> callAt(String base, String token, String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).header("Authorization", "Bearer " + token);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws Exception {
        gateway.stop(null);
        truth.onStop(null);
    }
}
