// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.http1.RequestHeadParser;
import dev.postern.token.http1.SlowRequests;
import dev.postern.token.http1.StrictHttpGuard;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Serves the gateway on one event loop: HTTP/1.1 only, a {@link StrictHttpGuard} before each connection, a {@link GatewayPipeline} behind them. */
final class GatewayServer extends AbstractVerticle {
    static {
        // Read once, by the first HTTP server of the process. Quarkus sets it for its own, which starts after this one; without it both would look for
        // WebSockets in every request, and answer 501 to versions of HTTP that are none before anything of ours is asked.
        System.setProperty("vertx.disableWebsockets", "true");
    }

    private final String host;
    private final AtomicInteger port;
    private final Set<String> hosts;
    private final Duration idleMax;
    private final Function<io.vertx.core.Vertx, GatewayContext> contexts;
    private HttpServer server;

    /**
     * @param port     where to listen; 0 for a free one, and then it holds which one it is
     * @param hosts    names that the Host header may have
     * @param idleMax  how long nothing may move on a connection
     * @param contexts makes what the calls of one event loop need
     */
    GatewayServer(String host, AtomicInteger port, Set<String> hosts, Duration idleMax, Function<io.vertx.core.Vertx, GatewayContext> contexts) {
        this.idleMax = idleMax;
        this.host = host;
        this.port = port;
        this.hosts = hosts;
        this.contexts = contexts;
    }

    @Override
    public void start(Promise<Void> started) {
        GatewayContext gateway = contexts.apply(vertx);
        // The guard has the narrower bounds: the codec never has to refuse what the guard forwards.
        server = vertx.createHttpServer(new HttpServerOptions().setHost(Listening.address(host)).setPort(port.get()).setHttp2ClearTextEnabled(false)
            .setUseAlpn(false).setCompressionSupported(false).setDecompressionSupported(false).setHandle100ContinueAutomatically(false)
            .setMaxInitialLineLength(2 * RequestHeadParser.BYTES_MAX).setMaxHeaderSize(2 * RequestHeadParser.BYTES_MAX).setMaxChunkSize(16_384)
            .setTcpNoDelay(true).setAcceptBacklog(1_024));
        SlowRequests slow = new SlowRequests(idleMax);
        slow.watch(vertx);
        server.connectionHandler(connection -> StrictHttpGuard.before(connection, hosts, idleMax, slow, new GuardResponses(gateway.outcomes())));
        // The codec accepts whatever the guard forwards; if it ever does not, the connection closes.
        server.invalidRequestHandler(request -> request.connection().close());
        GatewayPipeline pipeline = new GatewayPipeline(gateway, vertx);
        server.requestHandler(request -> handle(pipeline, request));
        server.listen().onSuccess(listening -> port.compareAndSet(0, listening.actualPort())).<Void>mapEmpty().onComplete(started);
    }

    @Override
    public void stop(Promise<Void> stopped) {
        server.close().onComplete(stopped);
    }

    private static void handle(GatewayPipeline pipeline, HttpServerRequest request) {
        StrictHttpGuard guard = StrictHttpGuard.of(request.connection());
        if (guard == null || guard.head() == null) {
            request.connection().close();
            return;
        }
        pipeline.handle(request, guard);
    }
}
