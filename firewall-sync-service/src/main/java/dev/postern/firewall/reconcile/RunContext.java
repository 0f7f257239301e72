// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import dev.postern.events.ServiceName;
import dev.postern.firewall.postgres.ReconcileStore.Snapshot;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** State shared by the steps of one run. Accounts run in parallel, so it is thread-safe. */
final class RunContext {
    private final ServiceName service;
    private final RunCollaborators parts;
    private final RunTurn turn;
    private final Executor context;
    private volatile Snapshot snapshot;
    private volatile CallPriority errand;
    private volatile boolean changed;

    /** @param context where transactions run */
    RunContext(ServiceName service, RunCollaborators parts, RunTurn turn, Executor context) {
        this.service = service;
        this.parts = parts;
        this.turn = turn;
        this.context = context;
    }

    ServiceName service() {
        return service;
    }

    RunCollaborators parts() {
        return parts;
    }

    RunTurn turn() {
        return turn;
    }

    Instant clock() {
        return parts.clock().get();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    void loaded(Snapshot loaded, CallPriority forWhat) {
        snapshot = loaded;
        errand = forWhat;
    }

    synchronized void change(UnaryOperator<Snapshot> next) {
        snapshot = next.apply(snapshot);
    }

    CallPriority errand() {
        return errand;
    }

    /** Returns whether anything was asked of a provider. */
    boolean changed() {
        return changed;
    }

    void asks() {
        changed = true;
    }

    Uni<Void> after(FailPoint.Step step) {
        return parts.failPoint().after(step, service);
    }

    /** A session of Hibernate Reactive has to be used on one context; an answer of the provider may come on another. */
    <T> Uni<T> here(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(work::get).runSubscriptionOn(context);
    }
}
