// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessRequested;
import dev.postern.messaging.Deliveries;
import dev.postern.policy.postgres.DecisionStore;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * A request came: {@link dev.postern.policy.DecideAccess} answers it, once.
 *
 * <p>Some requests are decided side by side, the requesters in turn. The topic is keyed by request, so requests have no order among each other; a record
 * that comes twice at once is held apart by the inbox. Each record is acknowledged when its own answer is committed; SmallRye commits an offset only
 * when all before it are acknowledged.
 */
@ApplicationScoped
public class OnAccessRequested {
    private static final int RUNNING_MAX = 4;
    private static final int RUNNING_PER_REQUESTER_MAX = 2;
    private static final int WAITING_MAX = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FairScheduler turns = new FairScheduler(RUNNING_MAX, RUNNING_PER_REQUESTER_MAX, WAITING_MAX);
    private final Deliveries deliveries;
    private final DecisionStore decisions;

    OnAccessRequested(Deliveries deliveries, DecisionStore decisions) {
        this.deliveries = deliveries;
        this.decisions = decisions;
    }

    /** Takes a record; done when the next one may come. */
    @Incoming("access-requested")
    public CompletionStage<Void> on(Message<byte[]> message) {
        // The context of this message: its database session belongs to it.
        Context context = Vertx.currentContext();
        return turns.add(requester(message.getPayload()), () -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            context.runOnContext(ignored -> decide(message).whenComplete((nothing, failure) -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(failure);
                }
            }));
            return done;
        });
    }

    private CompletionStage<Void> decide(Message<byte[]> message) {
        return deliveries.deliverThen(received(message), "policy-service", AccessRequested.class,
            (session, received) -> decisions.decide(session, received.event(), Instant.now().truncatedTo(ChronoUnit.MILLIS)))
            .subscribeAsCompletionStage()
            .handle((nothing, failure) -> failure == null ? message.ack() : message.nack(failure))
            .thenCompose(acknowledged -> acknowledged);
    }

    @SuppressWarnings("unchecked")
    private static ConsumerRecord<String, byte[]> received(Message<byte[]> message) {
        return message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
    }

    /** Returns the requester, for fairness between requesters. A payload that cannot be read has none; it becomes a dead letter in its turn. */
    private static String requester(byte[] payload) {
        try {
            JsonNode requester = payload == null ? JSON.missingNode() : JSON.readTree(payload).path("requester");
            return requester.path("client").asText() + " " + requester.path("subject").asText();
        } catch (IOException unreadable) {
            return "";
        }
    }
}
