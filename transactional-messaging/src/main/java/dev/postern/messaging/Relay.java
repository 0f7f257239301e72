// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jboss.logging.Logger;

/**
 * Sends the events of the outbox, oldest first, and marks it when all replicas of Kafka have it. One relay per database is active: the one that
 * holds the advisory lock; when its connection ends, however it ends, PostgreSQL gives the lock to another.
 *
 * <p>A relay that dies between send and mark leaves events that are sent again: consumers know them by their ids. What was sent first of a key
 * arrives first: the producer is idempotent and gives nothing up, and a relay that loses its lock closes it.
 */
final class Relay implements Runnable {
    private static final Logger LOG = Logger.getLogger(Relay.class);
    private static final int WAIT_FOR_EVENTS_MS = 500;
    private static final int WAIT_FOR_LOCK_MS = 250;
    private static final int LOCK_CHECK_EVERY_MS = 1_000;
    private static final int BACKOFF_FIRST_MS = 100;
    private static final int BACKOFF_MAX_MS = 2_000;
    private static final Duration HOUSEKEEPING_EVERY = Duration.ofMinutes(10);

    private final OutboxTable.Factory tables;
    private final OutboxSignal commits;
    private final ProducerFactory producers;
    private final URI source;
    private final int batch;
    private final RelayMetrics metrics;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile boolean active;
    private long housekeepingDueNanos;

    /** Opens a producer for the time that this relay is active. */
    interface ProducerFactory {
        Producer<String, byte[]> open();
    }

    Relay(OutboxTable.Factory tables, OutboxSignal commits, ProducerFactory producers, URI source, int batch, RelayMetrics metrics) {
        this.tables = tables;
        this.commits = commits;
        this.producers = producers;
        this.source = source;
        this.batch = batch;
        this.metrics = metrics;
    }

    /** Returns true while this relay holds the lock. */
    boolean active() {
        return active;
    }

    /** Ends after the batch at hand. */
    void stop() {
        stopping.set(true);
    }

    @Override
    public void run() {
        int backoffMs = BACKOFF_FIRST_MS;
        while (!stopping.get()) {
            try (OutboxTable table = tables.open()) {
                awaitTurn(table);
                backoffMs = BACKOFF_FIRST_MS;
                relay(table);
            } catch (SQLException | IllegalStateException | org.apache.kafka.common.KafkaException failure) {
                if (!stopping.get()) {
                    LOG.warn("Outbox relay failed; restarting: " + Log.REASON.strip() + failure.getClass().getSimpleName() + Log.RETRY_MS + backoffMs);
                    pause(backoffMs);
                    backoffMs = Math.min(2 * backoffMs, BACKOFF_MAX_MS);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                active = false;
                metrics.active(false);
            }
        }
    }

    private void awaitTurn(OutboxTable table) throws SQLException, InterruptedException {
        while (!table.lock()) {
            if (stopping.get()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(WAIT_FOR_LOCK_MS);
        }
        active = !stopping.get();
    }

    private void relay(OutboxTable table) throws SQLException, InterruptedException {
        if (stopping.get()) {
            return;
        }
        metrics.active(true);
        LOG.info("Outbox relay: this process holds the lock");
        Producer<String, byte[]> producer = producers.open();
        try {
            while (!stopping.get()) {
                List<OutboxTable.Row> rows = table.unsent(batch);
                if (rows.isEmpty()) {
                    housekeep(table);
                    commits.await(WAIT_FOR_EVENTS_MS);
                } else {
                    metrics.sending(rows);
                    send(producer, table, rows);
                    table.mark(rows);
                    metrics.sent(rows);
                }
            }
        } finally {
            // What is in flight may still arrive; it is what the next relay sends first, in the same order.
            producer.close(Duration.ZERO);
        }
    }

    private void send(Producer<String, byte[]> producer, OutboxTable table, List<OutboxTable.Row> rows) throws SQLException, InterruptedException {
        List<Future<RecordMetadata>> sends = new ArrayList<>(rows.size());
        for (OutboxTable.Row row : rows) {
            Future<RecordMetadata> send = producer.send(CloudEventRecords.write(row.topic(), row.key(), row.eventId(), row.type(), source, row.time(),
                row.payload(), Optional.ofNullable(row.traceparent())));
            if (send.isDone()) {
                // Refused before it was queued, for want of metadata: a later event of the same key must not go ahead of it.
                await(send, table);
            }
            sends.add(send);
        }
        for (Future<RecordMetadata> send : sends) {
            await(send, table);
        }
    }

    /** Waits for as long as it takes, and checks the lock meanwhile: a relay that lost it must not continue. */
    private void await(Future<RecordMetadata> send, OutboxTable table) throws SQLException, InterruptedException {
        while (true) {
            try {
                send.get(LOCK_CHECK_EVERY_MS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException notYet) {
                table.checkAlive();
                if (stopping.get()) {
                    throw new IllegalStateException("stopped before Kafka had the event");
                }
            } catch (ExecutionException refused) {
                throw new IllegalStateException("Kafka refused an event", refused.getCause());
            }
        }
    }

    private void housekeep(OutboxTable table) throws SQLException {
        if (System.nanoTime() - housekeepingDueNanos >= 0) {
            table.prune();
            housekeepingDueNanos = System.nanoTime() + HOUSEKEEPING_EVERY.toNanos();
        }
    }

    private void pause(int milliseconds) {
        try {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            stopping.set(true);
        }
    }
}
