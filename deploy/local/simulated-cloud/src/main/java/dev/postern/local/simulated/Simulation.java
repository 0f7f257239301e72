// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;

/** A simulated provider on a port: one event loop, no thread of its own beside it. */
public final class Simulation implements AutoCloseable {
    /** Path of the control routes of every simulation, beside the provider's API. */
    public static final String CONTROL = "/_simulation";
    /** No request body is larger. */
    public static final int BODY_BYTES_MAX = 8 * 1024 * 1024;
    private static final long SECONDS_MAX = 30;

    private final String name;
    private final String host;
    private final Vertx vertx;
    private final HttpServer server;
    private final CallRecorder recorder = new CallRecorder();
    private final Faults faults;

    private <C extends Caller> Simulation(String host, int port, Provider<C> provider) {
        this.name = provider.name();
        this.host = host;
        this.faults = new Faults(provider);
        Routes<SimulatedRequest> control = provider.control();
        CommonControl.on(control, recorder, faults);
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1)
            .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        HttpFront<C> front = new HttpFront<>(vertx, provider, control, faults, recorder);
        try {
            server = vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true).setIdleTimeout(300).setHttp2ClearTextEnabled(false))
                .requestHandler(front::receive)
                .listen(port, host).toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception notListening) {
            vertx.close();
            throw new IllegalStateException(name + " cannot listen on " + host + ":" + port, notListening);
        }
    }

    /** Starts on an address of this machine; port 0: any that is free. */
    public static Simulation start(String host, int port, Provider<?> provider) {
        return new Simulation(host, port, provider);
    }

    /** {@code http://host:port}, to which the API's path is added. */
    public String url() {
        return "http://" + host + ":" + server.actualPort();
    }

    public int port() {
        return server.actualPort();
    }

    public CallRecorder recorder() {
        return recorder;
    }

    public Faults faults() {
        return faults;
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new IllegalStateException(name + " does not end", late);
        }
    }
}
