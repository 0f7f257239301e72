// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.events.AccessRequestId;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.postgres.RequestChangeNotifications;
import dev.postern.token.postgres.RequestChangeNotifications.Signal;
import dev.postern.token.postgres.Stored;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Long poll ({@code Prefer: wait=N}): re-reads the request on each change notification until the condition holds or the wait expires. */
@ApplicationScoped
class ChangeWait {
    private final AccessRequestStore store;
    private final RequestChangeNotifications signals;

    ChangeWait(AccessRequestStore store, RequestChangeNotifications signals) {
        this.store = store;
        this.signals = signals;
    }

    /** @return the request as it is when {@code enough} holds or {@code atMost} has passed; empty if there is none */
    Uni<Optional<Stored>> until(AccessRequestId id, Duration atMost, Predicate<Stored> enough) {
        Optional<Signal> signal = atMost.isZero() ? Optional.empty() : signals.listen(id);
        if (signal.isEmpty()) {
            return store.find(id);
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        return readOrWait(id, signal.get(), deadline, enough, here()).onTermination().invoke(signal.get()::close);
    }

    private Uni<Optional<Stored>> readOrWait(AccessRequestId id, Signal signal, long deadline, Predicate<Stored> enough, Executor here) {
        CompletableFuture<Void> change = signal.change();
        return store.find(id).chain(found -> {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (found.isEmpty() || enough.test(found.get()) || left.isNegative() || left.isZero()) {
                return Uni.createFrom().item(found);
            }
            return Uni.createFrom().completionStage(() -> change.copy()).ifNoItem().after(left).recoverWithItem(() -> null)
                .emitOn(here)
                .chain(() -> readOrWait(id, signal, deadline, enough, here));
        });
    }

    /** A session of Hibernate Reactive is used on the Vert.x context of the call. */
    private static Executor here() {
        Context context = Vertx.currentContext();
        return context == null ? Runnable::run : work -> context.runOnContext(ignored -> work.run());
    }
}
