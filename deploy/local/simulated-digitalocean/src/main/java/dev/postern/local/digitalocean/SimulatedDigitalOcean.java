package dev.postern.local.digitalocean;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A DigitalOcean of one process's own: firewalls, Droplets, tags, domains, projects and registries, in memory, over HTTP under
 * {@code /v2} as the official OpenAPI document says; and {@code /_simulation} beside it. Safe for use by many threads.
 */
public final class SimulatedDigitalOcean implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final long START_SECONDS_MAX = 30;

    private final Object lock = new Object();
    private final CallRecorder recorder = new CallRecorder();
    private final Map<String, CloudAccount> byToken = new LinkedHashMap<>();
    private final Map<String, RateLimit> limits = new LinkedHashMap<>();
    private final Routes cloud = new Routes();
    private final Vertx vertx;
    private final HttpServer server;
    private final String host;
    private volatile Settings settings;

    private SimulatedDigitalOcean(String host, int port, Settings settings) {
        this.host = host;
        this.settings = settings;
        seed();
        AccountCalls.on(cloud);
        FirewallCalls.on(cloud);
        DropletCalls.on(cloud);
        TagCalls.on(cloud);
        DomainCalls.on(cloud);
        ProjectCalls.on(cloud);
        RegistryCalls.on(cloud);
        HttpFront front = new HttpFront(this, cloud, SimulationCalls.routes(this));
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            server = vertx.createHttpServer(new HttpServerOptions().setTcpNoDelay(true).setIdleTimeout(300).setHttp2ClearTextEnabled(false))
                    .requestHandler(front::receive)
                    .listen(port, host).toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception notListening) {
            vertx.close();
            throw new IllegalStateException("simulated DigitalOcean cannot listen on " + host + ":" + port, notListening);
        }
    }

    /** Starts on the loopback address; port 0: any that is free. */
    public static SimulatedDigitalOcean start(int port, Settings settings) {
        return start(LOOPBACK, port, settings);
    }

    /** Starts on an address of this machine. */
    public static SimulatedDigitalOcean start(String host, int port, Settings settings) {
        return new SimulatedDigitalOcean(host, port, settings);
    }

    /** {@code http://host:port}, to which {@code /v2/…} is added. */
    public String url() {
        return "http://" + host + ":" + server.actualPort();
    }

    public int port() {
        return server.actualPort();
    }

    /** The token of the first account. */
    public String token() {
        return settings.accounts().keySet().iterator().next();
    }

    public Settings settings() {
        return settings;
    }

    /** Changes how it behaves from the next call on. Accounts and sample data are looked at by {@link #reset()} only. */
    public void change(UnaryOperator<Settings> changed) {
        synchronized (lock) {
            settings = changed.apply(settings);
        }
    }

    /** Sets everything back to how it started, the record of calls and the rate limits too; settings stay. */
    public void reset() {
        synchronized (lock) {
            seed();
            recorder.forget();
        }
    }

    /** The latest calls under /v2, oldest first; at most {@link Settings#callsRecorded()}. */
    public List<RecordedCall> calls() {
        return recorder.calls();
    }

    /** How many calls under /v2 there were since the start, or since they were forgotten. */
    public long callsTotal() {
        return recorder.total();
    }

    public void forgetCalls() {
        recorder.forget();
    }

    /** A look at the first account's state, and changes to it that go around the API, as by somebody else's hand. */
    public ByHand byHand() {
        return new ByHand(this, settings.accounts().values().iterator().next());
    }

    /** The same for the account of that name. */
    public ByHand byHand(String account) {
        return new ByHand(this, account);
    }

    /** Every operation that it answers, as {@code METHOD /v2/path/{placeholder}}. */
    public List<String> operations() {
        return cloud.operations();
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new IllegalStateException("simulated DigitalOcean does not end", late);
        }
    }

    private void seed() {
        long now = nowMicros();
        byToken.clear();
        limits.clear();
        Map<String, CloudAccount> byName = new LinkedHashMap<>(); // two tokens may open one account
        settings.accounts().forEach((token, name) -> byToken.put(token, byName.computeIfAbsent(name, CloudAccount::new)));
        boolean first = true;
        for (CloudAccount account : byName.values()) {
            if (first && settings.sampleData()) {
                SampleData.fill(account, now);
            } else {
                SampleData.defaultProject(account, now);
            }
            first = false;
        }
    }

    Object lock() {
        return lock;
    }

    long nowMicros() {
        return settings.clockMicros().getAsLong();
    }

    CallRecorder recorder() {
        return recorder;
    }

    /** Null if no account has that token. */
    CloudAccount accountOf(String token) {
        return token == null ? null : byToken.get(token);
    }

    /** Null if there is none. */
    CloudAccount accountNamed(String name) {
        return byToken.values().stream().filter(account -> account.name().equals(name)).findFirst().orElse(null);
    }

    CloudAccount firstAccount() {
        return byToken.values().iterator().next();
    }

    RateLimit limitOf(String token) {
        return limits.computeIfAbsent(token, fresh -> new RateLimit());
    }
}
