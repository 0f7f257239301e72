// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.Filter;
import dev.postern.audit.postgres.AppendNotifications;
import dev.postern.audit.postgres.LogReader;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestStreamElementType;

/**
 * Streams the log as it grows, by server-sent events (WHATWG HTML section 9.2). The {@code id} of an event is its index, so that a client that reconnects
 * with {@code Last-Event-ID} misses nothing and gets nothing twice. Each stream reads the log at the pace of its client: nothing is queued for it.
 * A stream ends when its access token expires.
 */
@Path("/stream")
@Singleton
@Startup
public class StreamResource {
    private static final Logger LOG = Logger.getLogger(StreamResource.class);
    private static final int PAGE = 50;
    private static final long RECONNECT_MS = 2_000;
    static final String AFTER = "after";
    private static final List<OutboundSseEvent> END = new ArrayList<>();
    /** The longest stream of a caller whose credential does not say when it expires. */
    private static final Duration WITHOUT_EXPIRY_MAX = Duration.ofMinutes(5);

    private final LogReader log;
    private final AppendNotifications growth;
    private final StreamSettings settings;
    private final SecurityIdentity identity;
    private final Vertx vertx;
    private final Subscribers subscribers;
    private final Counter sent;
    private final Counter stalled;

    StreamResource(LogReader log, AppendNotifications growth, StreamSettings settings, SecurityIdentity identity, Vertx vertx, MeterRegistry metrics) {
        this.log = log;
        this.growth = growth;
        this.settings = settings;
        this.identity = identity;
        this.vertx = vertx;
        this.sent = metrics.counter("postern_stream_sent_total");
        this.stalled = metrics.counter("postern_stream_stalled_total");
        this.subscribers = new Subscribers(settings.subscribersMax(), settings.subscribersPerPersonMax(), settings.heartbeatEvery());
        metrics.gauge("postern_stream_subscribers", subscribers, Subscribers::size);
    }

    @PostConstruct
    void watch() {
        long stallMaxNanos = settings.stallMax().toNanos();
        vertx.setPeriodic(Math.max(1, settings.stallMax().toMillis() / 4), timer -> subscribers.all().forEach(subscriber -> {
            if (subscriber.stalledFor(stallMaxNanos)) {
                stalled.increment();
                LOG.info("Audit stream: client too slow; disconnecting it");
                subscriber.disconnect();
            } else if (subscriber.leftUnfollowedFor(stallMaxNanos)) {
                subscribers.remove(subscriber);
            }
        }));
    }

    /** Entries behind {@code Last-Event-ID} (or {@code after}; by default from now on), of one topic or all, until the access token expires. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @WithinLog
    public Multi<OutboundSseEvent> stream(@HeaderParam("Last-Event-ID") String lastEventId, @jakarta.ws.rs.core.Context UriInfo uri,
                                          @jakarta.ws.rs.core.Context Sse sse, @jakarta.ws.rs.core.Context HttpServerResponse response) {
        Query query = Query.of(uri, "topic", AFTER);
        Filter filter = Filters.ofTopic(query);
        Optional<Long> after = after(lastEventId, query);
        Instant now = Instant.now();
        boolean expires = identity.getPrincipal() instanceof JsonWebToken;
        Instant until = expires ? Instant.ofEpochSecond(((JsonWebToken) identity.getPrincipal()).getExpirationTime()) : now.plus(WITHOUT_EXPIRY_MAX);
        String person = expires ? ((JsonWebToken) identity.getPrincipal()).getSubject() : "";
        Subscriber subscriber = new Subscriber(person, filter, after.orElse(-1L), until, response::reset);
        subscribers.add(subscriber);
        return events(subscriber, after.map(index -> Uni.createFrom().item(index)).orElseGet(() -> log.size().map(size -> size - 1)), sse);
    }

    /** Returns the events of a stream that begins behind {@code start}, up to the end of the subscriber's token. */
    Multi<OutboundSseEvent> events(Subscriber subscriber, Uni<Long> start, Sse sse) {
        Context here = Vertx.currentContext();
        Duration left = Duration.between(Instant.now(), subscriber.until());
        return start.onItem().transformToMulti(index -> {
            subscriber.scannedTo(index);
            return follow(subscriber, sse);
        })
            .emitOn(work -> here.runOnContext(ignored -> work.run()), 1)
            // The clock is asked again for each event that is handed out, and a timer ends a stream for which there is none.
            .select().first(event -> subscriber.valid(Instant.now()))
            .select().first(left.isNegative() || left.isZero() ? Duration.ofMillis(1) : left)
            .onFailure().invoke(failure -> LOG.warn("Audit stream: reading the log failed; closing the stream", failure))
            // The client reconnects by itself, with the id it has.
            .onFailure().recoverWithCompletion()
            .onItem().invoke(subscriber::sending)
            .onRequest().invoke(subscriber::sent)
            .onSubscription().invoke(subscriber::followed)
            .onTermination().invoke(() -> subscribers.remove(subscriber));
    }

    /** Returns the index behind which a client wants to begin; empty for the present end of the log. */
    static Optional<Long> after(String lastEventId, Query query) {
        return lastEventId == null || lastEventId.isEmpty() ? query.number(AFTER, 0, Long.MAX_VALUE - 1) : Optional.of(index(lastEventId));
    }

    private static long index(String lastEventId) {
        if (!lastEventId.matches("0|[1-9][0-9]{0,17}")) {
            throw Problem.badRequest("invalid-event-id", "Last-Event-ID", "must be the id of an event of this stream");
        }
        return Long.parseLong(lastEventId);
    }

    private Multi<OutboundSseEvent> follow(Subscriber subscriber, Sse sse) {
        OutboundSseEvent hello = withPlace(subscriber, sse.newEventBuilder().comment("from here").reconnectDelay(RECONNECT_MS)).build();
        Multi<OutboundSseEvent> entries = Multi.createBy().repeating()
            .uni(() -> next(subscriber, sse)).indefinitely()
            .select().first(events -> events != END)
            .onItem().transformToMultiAndConcatenate(events -> Multi.createFrom().iterable(events));
        return Multi.createBy().concatenating().streams(Multi.createFrom().item(hello), entries);
    }

    /** Returns the next events as soon as there are some, a heartbeat when it is due, or {@link #END} when the token has expired. */
    private Uni<List<OutboundSseEvent>> next(Subscriber subscriber, Sse sse) {
        if (!subscriber.valid(Instant.now())) {
            return Uni.createFrom().item(END);
        }
        long size = growth.size();
        return log.page(subscriber.filter(), LogReader.Order.ASC, Optional.of(subscriber.scanned()), PAGE).chain(page -> {
            if (page.entries().isEmpty()) {
                subscriber.scannedTo(size - 1);
                return nothingYet(subscriber, sse, size);
            }
            List<OutboundSseEvent> events = page.entries().stream().map(entry -> sse.newEventBuilder()
                .id(Long.toString(entry.index())).name("entry").data(EntryView.class, EntryView.brief(entry)).build()).toList();
            subscriber.scannedTo(page.entries().get(page.entries().size() - 1).index());
            if (!page.more()) {
                subscriber.scannedTo(size - 1);
            }
            sent.increment(events.size());
            return Uni.createFrom().item(events);
        });
    }

    /** Waits until the log grows, at most until the next heartbeat is due: entries that the filter leaves out must not delay it. */
    private Uni<List<OutboundSseEvent>> nothingYet(Subscriber subscriber, Sse sse, long size) {
        long leftNanos = settings.heartbeatEvery().toNanos() - subscriber.silentNanos();
        if (leftNanos <= 0) {
            return Uni.createFrom().item(List.of(withPlace(subscriber, sse.newEventBuilder().comment("alive")).build()));
        }
        return growth.beyond(size).ifNoItem().after(Duration.ofNanos(leftNanos)).recoverWithItem(size)
            .chain(() -> next(subscriber, sse));
    }

    /** A client that waits for a rare topic learns how far the log was searched for it, and need not have that searched again. */
    private static OutboundSseEvent.Builder withPlace(Subscriber subscriber, OutboundSseEvent.Builder event) {
        return subscriber.scanned() < 0 ? event : event.id(Long.toString(subscriber.scanned()));
    }
}
