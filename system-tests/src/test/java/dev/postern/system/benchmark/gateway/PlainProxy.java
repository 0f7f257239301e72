package dev.postern.system.benchmark.gateway;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;

/** The gateway's own proxy library with nothing before it: what the checks are compared with. */
public final class PlainProxy extends AbstractVerticle {
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
        HttpProxy proxy = HttpProxy.reverseProxy(vertx.createHttpClient(new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(64)))
            .origin(upstreamPort, "127.0.0.1");
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port).setTcpNoDelay(true)).requestHandler(proxy)
            .listen().<Void>mapEmpty().onComplete(started);
    }
}
