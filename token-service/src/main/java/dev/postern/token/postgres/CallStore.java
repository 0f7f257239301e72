// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.ApiCalled;
import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.Outcome;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.messaging.PostgresFailures;
import dev.postern.messaging.Transactions;
import dev.postern.token.port.CallJournal.Call;
import dev.postern.token.port.CallJournal.Created;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;

/** Calls, what they created and their events, in one transaction per batch. */
@ApplicationScoped
public class CallStore {
    private static final ObjectMapper JSON = EventJson.mapper();
    private static final TypeReference<List<ResourceName>> RESOURCES = new TypeReference<>() {};
    private static final int FORGOTTEN_PER_TRANSACTION_MAX = 100;
    private static final String ROWS = "cast(cast(?1 as text) as jsonb)";
    private static final String BEGIN = "insert into open_call (call_id, token_id, request_id, account, operation, resources, called_at) select * from"
        + " jsonb_to_recordset(" + ROWS + ") as begun (call_id text, token_id uuid, request_id uuid, account text, operation text, resources text,"
        + " called_at timestamptz)";
    private static final String END = "delete from open_call where call_id in (select jsonb_array_elements_text(" + ROWS + ")) returning call_id";
    private static final String CREATE = "insert into grant_created (request_id, entry, resource, call_id, created_at) select * from"
        + " jsonb_to_recordset(" + ROWS + ") as made (request_id uuid, entry int, resource text, call_id text, created_at timestamptz)"
        + " on conflict (request_id, entry, resource) do update set ended = false, made_in = pg_current_xact_id(), call_id = excluded.call_id,"
        + " created_at = excluded.created_at where grant_created.ended";
    private static final String GONE = "update grant_created c set ended = true, made_in = pg_current_xact_id() from access_request r, jsonb_to_recordset("
        + ROWS + ") as gone (account text, resource text) where r.id = c.request_id and r.account = gone.account and c.resource = gone.resource"
        + " and not c.ended";
    private static final String FORGOTTEN = "delete from open_call where call_id in (select call_id from open_call where begun_at < ?1 order by begun_at"
        + " limit ?2 for update skip locked) returning call_id, token_id, request_id, account, operation, resources, called_at";

    private final Vertx vertx;
    private final Transactions transactions;

    /** An entry of the call journal. */
    sealed interface Entry {
        /** @param event the whole record */
        record Told(ApiCalled event) implements Entry {}

        /** @param call goes on to the provider as soon as this is durable */
        record Begun(Call call) implements Entry {}

        /**
         * @param event   about the call that began
         * @param created becomes part of the grant
         * @param gone    was deleted: a resource that reuses the name belongs to no grant
         */
        record Ended(ApiCalled event, Optional<Created> created, Optional<ResourceName> gone) implements Entry {}
    }

    CallStore(Vertx vertx, Transactions transactions) {
        this.vertx = vertx;
        this.transactions = transactions;
    }

    /**
     * Records a batch, all or none of it; one that cannot be recorded at all does not take the others with it.
     *
     * @return for each, in order, why it is not recorded; empty where it is
     */
    Future<List<Optional<Throwable>>> record(List<Entry> batch) {
        return transaction(() -> transactions.decide(session -> write(session, batch)))
            .map(done -> Collections.nCopies(batch.size(), Optional.<Throwable>empty()))
            .recover(failure -> batch.size() == 1 || PostgresFailures.away(failure)
                ? Future.succeededFuture(Collections.nCopies(batch.size(), Optional.of(failure)))
                : oneByOne(batch));
    }

    private Future<List<Optional<Throwable>>> oneByOne(List<Entry> batch) {
        Future<List<Optional<Throwable>>> all = Future.succeededFuture(new ArrayList<>());
        for (Entry entry : batch) {
            all = all.compose(before -> record(List.of(entry)).map(one -> {
                before.addAll(one);
                return before;
            }));
        }
        return all;
    }

    private static Uni<Outcome<Void>> write(Mutiny.Session session, List<Entry> batch) {
        ArrayNode begun = JSON.createArrayNode();
        ArrayNode ended = JSON.createArrayNode();
        ArrayNode created = JSON.createArrayNode();
        ArrayNode gone = JSON.createArrayNode();
        for (Entry entry : batch) {
            if (entry instanceof Entry.Begun one) {
                begun.add(row(one.call()));
            } else if (entry instanceof Entry.Ended one) {
                ended.add(one.event().callId());
                one.created().ifPresent(more -> more.resources().forEach(resource -> created.add(row(one.event(), more.entry(), resource))));
                one.gone().ifPresent(resource -> gone.add(JSON.createObjectNode().put("account", one.event().account().value())
                    .put("resource", resource.value())));
            }
        }
        return execute(session, BEGIN, begun)
            // A name that was deleted and made anew in one batch belongs to who made it: what is gone goes first.
            .chain(() -> execute(session, GONE, gone))
            .chain(() -> execute(session, CREATE, created))
            .chain(() -> ended.isEmpty() ? Uni.createFrom().item(List.<String>of())
                : session.createNativeQuery(END, String.class).setParameter(1, ended.toString()).getResultList())
            .map(open -> new Outcome<>(null, events(batch, new HashSet<>(open))));
    }

    private static List<Event> events(List<Entry> batch, Set<String> open) {
        List<Event> events = new ArrayList<>();
        for (Entry entry : batch) {
            if (entry instanceof Entry.Told one) {
                events.add(one.event());
            } else if (entry instanceof Entry.Ended one) {
                // If an unknown outcome was published already, this is another event of the same call.
                events.add(open.contains(one.event().callId()) ? one.event() : late(one.event()));
            }
        }
        return events;
    }

    private static ApiCalled late(ApiCalled event) {
        return new ApiCalled(event.callId() + "-late", event.tokenId(), event.requestId(), event.account(), event.operation(), event.resources(),
            event.outcome(), event.status(), event.calls(), event.created(), event.handsOut(), event.rule(), event.calledAt());
    }

    private static Uni<Void> execute(Mutiny.Session session, String statement, ArrayNode rows) {
        return rows.isEmpty() ? Uni.createFrom().voidItem()
            : session.createNativeQuery(statement).setParameter(1, rows.toString()).executeUpdate().replaceWithVoid();
    }

    private static ObjectNode row(Call call) {
        return JSON.createObjectNode().put("call_id", call.id()).put("token_id", call.grant().tokenId().toString())
            .put("request_id", call.grant().requestId().toString()).put("account", call.grant().account().value())
            .put("operation", call.operation().map(Object::toString).orElse(null)).put("resources", json(call.resources()))
            .put("called_at", call.at().toString());
    }

    private static ObjectNode row(ApiCalled event, int entry, ResourceName resource) {
        return JSON.createObjectNode().put("request_id", event.requestId().toString()).put("entry", entry).put("resource", resource.value())
            .put("call_id", event.callId()).put("created_at", event.calledAt().toString());
    }

    /** Publishes, for calls that began before {@code then} and never ended, that nobody knows how they ended; how many. */
    Future<Integer> publishForgotten(Instant then) {
        return transaction(() -> transactions.decide(session -> session.createNativeQuery(FORGOTTEN, Object[].class)
            .setParameter(1, then).setParameter(2, FORGOTTEN_PER_TRANSACTION_MAX).getResultList()
            .map(rows -> new Outcome<>(rows.size(), rows.stream().<Event>map(CallStore::forgotten).toList()))));
    }

    private static ApiCalled forgotten(Object[] row) {
        return new ApiCalled((String) row[0], new TokenId((UUID) row[1]), new AccessRequestId((UUID) row[2]), new AccountName((String) row[3]),
            Optional.ofNullable((String) row[4]), resources((String) row[5]), ApiCalled.CallOutcome.ALLOWED, ApiCalled.NO_ANSWER, 1, Optional.empty(),
            Optional.empty(), Optional.empty(), ((OffsetDateTime) row[6]).toInstant());
    }

    private <T> Future<T> transaction(Supplier<Uni<T>> work) {
        Promise<T> promise = Promise.promise();
        // Hibernate Reactive needs a context of its own.
        Context own = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
        VertxContextSafetyToggle.setContextSafe(own, true);
        own.runOnContext(ignored -> work.get().subscribe().with(promise::complete, promise::fail));
        return promise.future();
    }

    private static String json(List<ResourceName> resources) {
        try {
            return JSON.writeValueAsString(resources);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("names have no JSON", impossible);
        }
    }

    private static List<ResourceName> resources(String json) {
        try {
            return JSON.readValue(json, RESOURCES);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException("a row is not readable", broken);
        }
    }
}
