// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AccountName;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.token.call.AuthorizeCall;
import dev.postern.token.operation.Operations;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.OffLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway's server on a free port, in front of a recording upstream, with tokens that the test makes: no broker and no database. */
final class OpenGateway implements AutoCloseable {
    static final String PUBLIC_URL = "http://gateway.test";
    /** Enough for one answer of 16 MiB. */
    private static final long MEMORY = 200L * 1_048_576;
    private static final Duration IDLE_MAX = Duration.ofSeconds(75);
    final Vertx vertx = Vertx.vertx();
    final KnownTokens tokens = new KnownTokens();
    final Operations operations = Operations.bundled();
    final RecordingUpstream upstream;
    /** Behind another account, named other. */
    final RecordingUpstream otherUpstream;
    /** {@code refused 403 not-granted}, {@code begins}, {@code ended 200}, {@code read 200}, in their order. */
    final List<String> told = new CopyOnWriteArrayList<>();
    /** Ids of the calls that were refused, and the resources that they were told to name. */
    final List<String> refusedIds = new CopyOnWriteArrayList<>();
    final List<dev.postern.events.ResourceName> resources = new CopyOnWriteArrayList<>();
    final List<CallJournal.Created> created = new CopyOnWriteArrayList<>();
    /** The credentials that calls were told to hand out. */
    final List<HandedOut> handedOut = new CopyOnWriteArrayList<>();
    /** True to fail the journal for reads that hand out credentials. */
    volatile boolean recordsNothing;
    private final AtomicInteger port = new AtomicInteger();
    private final EventLoopWatch watch;

    OpenGateway() throws Exception {
        this(new BodyMemory(MEMORY));
    }

    OpenGateway(BodyMemory memory) throws Exception {
        this(memory, new CallBudget(0, 0, 0), (of, token, perMinute, perHour) -> Future.succeededFuture(new BudgetBook.Taken()));
    }

    OpenGateway(CallBudget budget, BudgetBook book) throws Exception {
        this(new BodyMemory(MEMORY), budget, book);
    }

    OpenGateway(Duration idleMax) throws Exception {
        this(new BodyMemory(MEMORY), new CallBudget(0, 0, 0), (of, token, perMinute, perHour) -> Future.succeededFuture(new BudgetBook.Taken()), idleMax);
    }

    OpenGateway(BodyMemory memory, Duration idleMax) throws Exception {
        this(memory, new CallBudget(0, 0, 0), (of, token, perMinute, perHour) -> Future.succeededFuture(new BudgetBook.Taken()), idleMax);
    }

    private OpenGateway(BodyMemory memory, CallBudget budget, BudgetBook book) throws Exception {
        this(memory, budget, book, IDLE_MAX);
    }

    private OpenGateway(BodyMemory memory, CallBudget budget, BudgetBook book, Duration idleMax) throws Exception {
        upstream = new RecordingUpstream(vertx);
        otherUpstream = new RecordingUpstream(vertx);
        CallLimits unlimited = (grant, counted) -> Future.succeededFuture(new CallLimits.Taken());
        CallOutcomes outcomes = new CallOutcomes(new SimpleMeterRegistry());
        vertx.deployVerticle(new GatewayServer("127.0.0.1", port, Set.of("localhost"), idleMax,
            loop -> new GatewayContext(operations, new AuthorizeCall(operations), tokens, unlimited, new Told(), outcomes,
                Map.of(new AccountName("acme"), provider(loop, "acme", upstream, budget, book),
                    new AccountName("other"), provider(loop, "other", otherUpstream, budget, book)),
                List.of(), PUBLIC_URL, 100, memory, new BodyChecks(vertx), new OffLoop(loop))))
            .toCompletionStage().toCompletableFuture().get();
        if (budget.unlimited()) {
            warmUp();
        }
        watch = EventLoopWatch.of(vertx);
    }

    /** Calls of each kind, so that what is measured afterwards is not the interpreter and the class loader. */
    private void warmUp() throws Exception {
        WarmUp.of(this);
        upstream.forget();
        told.clear();
        created.clear();
        handedOut.clear();
    }

    /** Measures the event loops since the gateway was opened. */
    EventLoopWatch watch() {
        return watch;
    }

    int port() {
        return port.get();
    }

    private static Provider provider(Vertx loop, String account, RecordingUpstream upstream, CallBudget budget, BudgetBook book) {
        return new Provider(loop, new AccountName(account), account(upstream.url()), budget, book, 64);
    }

    private static ProviderAccounts.Account account(String url) {
        return new ProviderAccounts.Account() {
            @Override
            public String provider() {
                return "digitalocean";
            }

            @Override
            public Optional<URI> url() {
                return Optional.of(URI.create(url));
            }

            @Override
            public String token() {
                return RecordingUpstream.CREDENTIAL;
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(2);
            }

            @Override
            public Duration answerTimeout() {
                return Duration.ofSeconds(10);
            }
        };
    }

    @Override
    public void close() throws Exception {
        watch.close();
        upstream.close();
        otherUpstream.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    /** Keeps what is told. */
    private final class Told implements CallJournal {
        @Override
        public Future<Void> refused(Call call, int status, String rule) {
            told.add("refused " + status + " " + rule);
            refusedIds.add(call.id());
            resources.addAll(call.resources());
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> begins(Call call) {
            told.add("begins");
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> handsOut(Call call, int status, List<HandedOut> credentials) {
            if (recordsNothing) {
                return Future.failedFuture(new Unrecorded(null));
            }
            told.add("hands out " + status);
            handedOut.addAll(credentials);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> ended(Call call, int status, Optional<Created> what, List<HandedOut> credentials) {
            told.add("ended " + status);
            handedOut.addAll(credentials);
            what.ifPresent(created::add);
            return Future.succeededFuture();
        }

        @Override
        public void read(Call call, int status) {
            told.add("read " + status);
        }
    }
}
