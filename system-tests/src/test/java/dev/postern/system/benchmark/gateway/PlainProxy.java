// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.benchmark.gateway;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;

/**
 * The gateway without its checks: the same library with the same settings of server and client, and another credential in the place of the
 * caller's, but neither strict guard nor token, operation, grant, limits or journal.
 */
public final class PlainProxy extends AbstractVerticle {
    private static final int IDLE_SECONDS = 75;
    private static final long ANSWER_MS = 30_000;

    private final int port;
    private final int upstreamPort;

    private PlainProxy(int port, int upstreamPort) {
        this.port = port;
        this.upstreamPort = upstreamPort;
    }

    /** Arguments: the port to listen on, the upstream's port, both on loopback. */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int upstreamPort = Integer.parseInt(arguments[1]);
        int loops = Runtime.getRuntime().availableProcessors();
        Vertx.vertx().deployVerticle(() -> new PlainProxy(port, upstreamPort), new DeploymentOptions().setInstances(loops))
            .onFailure(failure -> System.exit(1));
    }

    @Override
    public void start(Promise<Void> started) {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true).setTcpNoDelay(true), new PoolOptions().setHttp1MaxSize(64));
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port).setTcpNoDelay(true).setIdleTimeout(IDLE_SECONDS))
            .requestHandler(request -> forward(client, request)).listen().<Void>mapEmpty().onComplete(started);
    }

    private void forward(HttpClient client, HttpServerRequest request) {
        ProxyRequest proxied = ProxyRequest.reverseProxy(request).setBody(null).putHeader("authorization", "Bearer a-credential-of-nobody");
        client
            .request(
                new RequestOptions().setHost("127.0.0.1").setPort(upstreamPort).setMethod(request.method()).setURI(request.uri()).setIdleTimeout(ANSWER_MS))
            .compose(proxied::send).compose(ProxyResponse::send).onFailure(failure -> request.connection().close());
    }
}
