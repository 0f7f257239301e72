// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.events.Event;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Handles every consumed record: read and validated against its schema, then inbox, effect and outbox in one transaction. Failures while PostgreSQL is
 * unavailable are retried in place, so that order is kept; a record that can never succeed becomes a dead letter, and the channel continues.
 */
@ApplicationScoped
public class Deliveries {
    private static final Logger LOG = Logger.getLogger(Deliveries.class);
    private static final Duration BACKOFF_FIRST = Duration.ofMillis(50);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);
    private static final Duration UNEXPECTED_BACKOFF_MAX = Duration.ofSeconds(1);
    private static final double JITTER = 0.2;

    private final Mutiny.SessionFactory sessions;
    private final Inbox inbox;
    private final Outbox outbox;
    private final DeadLetters deadLetters;
    private final MessagingSettings settings;

    Deliveries(Mutiny.SessionFactory sessions, Inbox inbox, Outbox outbox, DeadLetters deadLetters, MessagingSettings settings) {
        this.sessions = sessions;
        this.inbox = inbox;
        this.outbox = outbox;
        this.deadLetters = deadLetters;
        this.settings = settings;
    }

    /**
     * Delivers a record.
     *
     * @param consumer names the inbox; the same in all replicas
     * @param type     the event that the effect takes
     * @param effect   what the event does here, with the transaction's session; returns the events that follow. Not called for an event that had its
     *                 effect before. May run more than once, each time in a transaction of its own, so it must touch nothing but the session.
     * @return done when the effect is committed or the record is a dead letter; never fails
     */
    public <E extends Event> Uni<Void> deliver(ConsumerRecord<String, byte[]> record, String consumer, Class<E> type,
                                               BiFunction<Mutiny.Session, Received<E>, Uni<List<Event>>> effect) {
        return deliverThen(record, consumer, type, (session, received) -> effect.apply(session, received).map(DeliveryEffect::of));
    }

    /**
     * Delivers a record as {@link #deliver} does; the effect also says what happens after its commit. A consumer that counts, triggers or logs uses this:
     * done inside the effect it would happen again with each attempt, and also when none of them is committed.
     */
    public <E extends Event> Uni<Void> deliverThen(ConsumerRecord<String, byte[]> record, String consumer, Class<E> type,
                                                   BiFunction<Mutiny.Session, Received<E>, Uni<DeliveryEffect>> effect) {
        Received<E> received;
        try {
            received = typed(CloudEventRecords.read(record), type);
        } catch (CloudEventRecords.Unreadable unreadable) {
            return deadLetters.bury(record, consumer, DeadLetters.Reason.UNREADABLE, unreadable.getMessage());
        }
        return inPlace(() -> sessions.withTransaction(session -> once(session, consumer, received, effect)))
            .onFailure(PostgresFailures::away)
            .invoke(failure -> LOG.warn("PostgreSQL unavailable for too long; sending the record to its dead-letter topic: " + place(record, consumer)))
            .invoke(committed -> run(committed, record, consumer)).replaceWithVoid()
            .onFailure().recoverWithUni(failure -> deadLetters.bury(record, consumer,
                PostgresFailures.away(failure) ? DeadLetters.Reason.RETRIES_EXHAUSTED : DeadLetters.Reason.UNPROCESSABLE, inWords(failure)));
    }

    /** Runs effects after the commit: a failure in them must not make a dead letter of the record. */
    private static void run(Runnable afterCommit, ConsumerRecord<String, byte[]> record, String consumer) {
        try {
            afterCommit.run();
        } catch (RuntimeException failure) {
            LOG.error("Effect after the commit failed; the record stays processed: " + place(record, consumer), failure);
        }
    }

    /**
     * Tries work in place, on the Vert.x context of the caller: again and again while PostgreSQL is away, at once after a conflict, a few times after
     * any other failure. For consumers that take records in another way than one by one.
     */
    public <T> Uni<T> inPlace(Supplier<Uni<T>> work) {
        Executor here = here();
        return Uni.createFrom().deferred(work::get).runSubscriptionOn(here)
            .onFailure(failure -> PostgresFailures.conflict(failure) || !PostgresFailures.away(failure))
            .retry().withBackOff(BACKOFF_FIRST, UNEXPECTED_BACKOFF_MAX).withJitter(JITTER).atMost(settings.retryUnexpectedTimes())
            .onFailure(PostgresFailures::away)
            .retry().withBackOff(BACKOFF_FIRST, BACKOFF_MAX).withJitter(JITTER).expireIn(settings.retryTransientFor().toMillis())
            .emitOn(here);
    }

    private <E extends Event> Uni<Runnable> once(Mutiny.Session session, String consumer, Received<E> received,
                                                 BiFunction<Mutiny.Session, Received<E>, Uni<DeliveryEffect>> effect) {
        TraceContext.carry(received.traceparent());
        return inbox.firstTime(session, consumer, received.id()).chain(first -> first
            ? effect.apply(session, received).chain(done -> outbox.append(session, done.events()).replaceWith(done.afterCommit()))
            : Uni.createFrom().item(DeliveryEffect.nothing()));
    }

    /** A session of Hibernate Reactive must be used where it was opened: a retry has to come back to this context. */
    private static Executor here() {
        Context context = Vertx.currentContext();
        return context == null ? Runnable::run : work -> {
            if (Vertx.currentContext() == context) {
                work.run();
            } else {
                context.runOnContext(ignored -> work.run());
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <E extends Event> Received<E> typed(Received<Event> received, Class<E> type) throws CloudEventRecords.Unreadable {
        if (!type.isInstance(received.event())) {
            throw new CloudEventRecords.Unreadable("no " + type.getSimpleName());
        }
        return (Received<E>) received;
    }

    private static String place(ConsumerRecord<String, byte[]> record, String consumer) {
        return Log.TOPIC + record.topic() + Log.PARTITION + record.partition() + Log.OFFSET + record.offset() + Log.CONSUMER + consumer;
    }

    /** The kinds of failure from outermost to innermost; messages may hold content, which does not belong into a header. */
    private static String inWords(Throwable failure) {
        StringBuilder words = new StringBuilder(failure.getClass().getSimpleName());
        Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < 5; depth++) {
            words.append(" < ").append(cause.getClass().getSimpleName());
            cause = cause.getCause();
        }
        return words.toString();
    }
}
