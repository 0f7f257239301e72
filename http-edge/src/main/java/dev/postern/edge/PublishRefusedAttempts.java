// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.edge.RefusedAttempts.Attempts;
import dev.postern.events.AttemptsRefused;
import dev.postern.events.Event;
import dev.postern.events.Outcome;
import dev.postern.messaging.Transactions;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.UUID;

/** Publishes reports of refused calls as {@code attempts-refused} events, by the outbox of the service: audit-service appends them to the log. */
@Singleton
public class PublishRefusedAttempts implements RefusedAttemptsLog {
    private final Vertx vertx;
    private final Transactions transactions;

    PublishRefusedAttempts(Vertx vertx, Transactions transactions) {
        this.vertx = vertx;
        this.transactions = transactions;
    }

    @Override
    public Future<Void> record(List<Attempts> attempts) {
        List<Event> events = attempts.stream().<Event>map(PublishRefusedAttempts::event).toList();
        Promise<Void> promise = Promise.promise();
        // Hibernate Reactive needs a context of its own.
        Context own = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(ignored -> transactions.<Void>decide(session -> Uni.createFrom().item(new Outcome<>(null, events)))
            .subscribe().with(promise::complete, promise::fail));
        return promise.future();
    }

    private static AttemptsRefused event(Attempts attempts) {
        return new AttemptsRefused(UUID.randomUUID().toString(), attempts.caller(), attempts.attempts(), attempts.calls(), attempts.since());
    }
}
