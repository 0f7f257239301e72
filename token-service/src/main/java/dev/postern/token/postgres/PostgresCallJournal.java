// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.events.ApiCalled;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.ResourceName;
import dev.postern.messaging.PostgresFailures;
import dev.postern.token.LogKeys;
import dev.postern.token.port.CallJournal;
import dev.postern.token.status.TokenTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Records calls in PostgreSQL, beside their events in the outbox: refusals before they are answered, writes before they are sent and again when they
 * have ended. See token-service/docs/calls.md.
 */
@Singleton
public class PostgresCallJournal implements CallJournal {
    private static final Logger LOG = Logger.getLogger(PostgresCallJournal.class);
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 200;
    private static final long RETRY_MS = 500;
    private static final long MINUTE_MS = 60_000;
    private static final long LAST_FLUSH_S = 5;

    private final Vertx vertx;
    private final CallStore store;
    private final TokenTable table;
    private final MeterRegistry metrics;
    private final Duration forgottenAfter;
    private final ReadCounts reads = new ReadCounts();
    private final Batches<CallStore.Entry, Optional<Throwable>> batches;
    private volatile boolean stopping;
    private long timer = -1;

    PostgresCallJournal(Vertx vertx, CallStore store, TokenTable table, MeterRegistry metrics,
                        @ConfigProperty(name = "postern.gateway.write-forgotten-after", defaultValue = "PT15M") Duration forgottenAfter) {
        this.vertx = vertx;
        this.store = store;
        this.table = table;
        this.metrics = metrics;
        this.forgottenAfter = forgottenAfter;
        this.batches = new Batches<>(WAITING_MAX, BATCH_MAX, store::record);
    }

    void onStart(@Observes StartupEvent start) {
        timer = vertx.setPeriodic(MINUTE_MS, minute -> {
            flush(Instant.now());
            publishForgotten();
        });
    }

    void onStop(@Observes ShutdownEvent stop) {
        stopping = true;
        vertx.cancelTimer(timer);
        try {
            flush(Instant.MAX).toCompletionStage().toCompletableFuture().get(LAST_FLUSH_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException lost) {
            LOG.warnf("Read counts dropped; PostgreSQL unavailable %s%d", LogKeys.COUNT, reads.size());
        }
    }

    @Override
    public Future<Void> refused(Call call, int status, String rule) {
        return here(recorded(new CallStore.Entry.Told(event(call, ApiCalled.CallOutcome.REFUSED, status, Optional.empty(), List.of(), Optional.of(rule)))),
            "refusal");
    }

    @Override
    public Future<Void> begins(Call call) {
        return here(recorded(new CallStore.Entry.Begun(call)), "write");
    }

    @Override
    public Future<Void> handsOut(Call call, int status, List<HandedOut> handsOut) {
        return here(recorded(new CallStore.Entry.Told(event(call, ApiCalled.CallOutcome.ALLOWED, status, Optional.empty(), handsOut, Optional.empty()))),
            "credential");
    }

    @Override
    public Future<Void> ended(Call call, int status, Optional<Created> created, List<HandedOut> handsOut) {
        ApiCalled event = event(call, ApiCalled.CallOutcome.ALLOWED, status,
            created.map(more -> more.resources().stream().sorted().toList()).filter(more -> !more.isEmpty()), handsOut, Optional.empty());
        Context callers = vertx.getOrCreateContext();
        Promise<Void> promise = Promise.promise();
        Optional<ResourceName> gone = call.gone(status);
        // This replica acts at once; the others, and other grants, when the row has changed.
        gone.ifPresent(resource -> table.gone(call.grant().requestId(), resource));
        untilRecorded(new CallStore.Entry.Ended(event, created, gone), call, callers, promise);
        return promise.future();
    }

    private void untilRecorded(CallStore.Entry.Ended entry, Call call, Context callers, Promise<Void> promise) {
        outcome(batches.addAlways(entry)).onComplete(result -> {
            if (result.succeeded()) {
                entry.created().ifPresent(more -> table.created(new TokenTable.Created(call.grant().requestId(), more.entry(), more.resources())));
                count("end", "recorded");
                callers.runOnContext(back -> promise.complete());
            } else if (PostgresFailures.away(result.cause()) && !stopping) {
                vertx.setTimer(RETRY_MS, again -> untilRecorded(entry, call, callers, promise));
            } else {
                // The row of the open call stays, and the sweep publishes it later.
                LOG.errorf("Recording a call's outcome failed; outcome will be reported unknown %s%s", LogKeys.REASON,
                    result.cause().getClass().getSimpleName());
                count("end", "lost");
                callers.runOnContext(back -> promise.fail(new Unrecorded(result.cause())));
            }
        });
    }

    @Override
    public void read(Call call, int status) {
        reads.count(call, status);
    }

    /** Publishes the counts of minutes that are over. */
    Future<Void> flush(Instant now) {
        List<Future<Void>> flushed = new ArrayList<>();
        for (ReadCounts.Counted counted : reads.before(now)) {
            flushed.add(recorded(new CallStore.Entry.Told(counted.event())).onComplete(result -> {
                count("reads", result.succeeded() ? "recorded" : "retried");
                if (result.failed()) {
                    reads.giveBack(counted);
                }
            }));
        }
        return Future.all(flushed).mapEmpty();
    }

    /** Tells of writes whose process ended in the middle; any replica does. */
    Future<Integer> publishForgotten() {
        return store.publishForgotten(Instant.now().minus(forgottenAfter)).onSuccess(published -> {
            if (published > 0) {
                LOG.warnf("Provider writes with unknown outcome; check them at the provider %s%d", LogKeys.COUNT, published);
            }
        }).onFailure(failure -> LOG.debugf("Sweep of open calls failed; retrying %s%s", LogKeys.REASON, failure.getClass().getSimpleName()));
    }

    private Future<Void> recorded(CallStore.Entry entry) {
        return outcome(batches.add(entry));
    }

    private static Future<Void> outcome(Future<Optional<Throwable>> recorded) {
        return recorded.compose(failure -> failure.<Future<Void>>map(Future::failedFuture).orElseGet(Future::succeededFuture));
    }

    private Future<Void> here(Future<Void> recorded, String kind) {
        Context callers = vertx.getOrCreateContext();
        Promise<Void> promise = Promise.promise();
        recorded.onComplete(result -> {
            count(kind, result.succeeded() ? "recorded" : "unrecorded");
            callers.runOnContext(back -> {
                if (result.succeeded()) {
                    promise.complete();
                } else {
                    promise.fail(new Unrecorded(result.cause()));
                }
            });
        });
        return promise.future();
    }

    private void count(String kind, String outcome) {
        metrics.counter("postern_call_recorded_total", "kind", kind, "outcome", outcome).increment();
    }

    private static ApiCalled event(Call call, ApiCalled.CallOutcome outcome, int status, Optional<List<ResourceName>> created, List<HandedOut> handsOut,
                                   Optional<String> rule) {
        return new ApiCalled(call.id(), call.grant().tokenId(), call.grant().requestId(), call.grant().account(),
            call.operation().map(Object::toString), call.resources(), outcome, status, 1, created,
            Optional.of(handsOut).filter(some -> !some.isEmpty()), rule, call.at());
    }
}
