package dev.postern.audit.http;

import dev.postern.audit.Filter;
import dev.postern.audit.postgres.Growth;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestStreamElementType;

/**
 * The log as it grows, by server-sent events (WHATWG HTML section 9.2): the {@code id} of an event is its index, so that a client that comes again with
 * {@code Last-Event-ID} misses nothing and gets nothing twice. Each stream reads the log at the pace of its client: nothing is queued for it.
 */
@Path("/stream")
@Singleton
@Startup
public class StreamResource {
    private static final Logger LOG = Logger.getLogger(StreamResource.class);
    private static final int PAGE = 50;
    private static final long RECONNECT_MS = 2_000;
    private static final String AFTER = "after";
    private static final List<OutboundSseEvent> END = new ArrayList<>();

    private final LogReader log;
    private final Growth growth;
    private final StreamSettings settings;
    private final SecurityIdentity identity;
    private final Vertx vertx;
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
    private final Counter sent;
    private final Counter stalled;

    StreamResource(LogReader log, Growth growth, StreamSettings settings, SecurityIdentity identity, Vertx vertx, MeterRegistry metrics) {
        this.log = log;
        this.growth = growth;
        this.settings = settings;
        this.identity = identity;
        this.vertx = vertx;
        this.sent = metrics.counter("postern_stream_sent_total");
        this.stalled = metrics.counter("postern_stream_stalled_total");
        metrics.gauge("postern_stream_subscribers", subscribers, Set::size);
    }

    @PostConstruct
    void watch() {
        vertx.setPeriodic(Math.max(1, settings.stallMax().toMillis() / 4), timer -> subscribers.stream()
            .filter(subscriber -> subscriber.stalledFor(settings.stallMax().toNanos())).forEach(subscriber -> {
                stalled.increment();
                LOG.info("A stream's client did not take an event in time, disconnected");
                subscriber.disconnect();
            }));
    }

    /** Entries behind {@code Last-Event-ID} (or {@code after}; by default from now on), of one topic or all, until the access token is over. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    public Multi<OutboundSseEvent> stream(@HeaderParam("Last-Event-ID") String lastEventId, @jakarta.ws.rs.core.Context UriInfo uri,
                                          @jakarta.ws.rs.core.Context Sse sse, @jakarta.ws.rs.core.Context HttpServerResponse response) {
        Query query = Query.of(uri, "topic", AFTER);
        Filter filter = Filters.ofTopic(query);
        Optional<Long> after = lastEventId == null || lastEventId.isEmpty() ? query.number(AFTER, 0, Long.MAX_VALUE - 1) : Optional.of(index(lastEventId));
        if (subscribers.size() >= settings.subscribersMax()) {
            throw new Problem(503, "too-many-streams", "this replica serves no more streams at the moment").retryAfter(settings.heartbeatEvery());
        }
        Instant until = identity.getPrincipal() instanceof JsonWebToken token ? Instant.ofEpochSecond(token.getExpirationTime()) : Instant.MAX;
        Context here = Vertx.currentContext();
        return after.map(index -> Uni.createFrom().item(index)).orElseGet(() -> log.size().map(size -> size - 1))
            .onItem().transformToMulti(start -> follow(new Subscriber(filter, start, until, response::reset), sse))
            .emitOn(work -> here.runOnContext(ignored -> work.run()), 1)
            .onFailure().invoke(failure -> LOG.warn("A stream ended because the log could not be read", failure))
            // The client comes again by itself, with the id it has.
            .onFailure().recoverWithCompletion();
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
            .uni(() -> Instant.now().isBefore(subscriber.until()) ? next(subscriber, sse) : Uni.createFrom().item(END)).indefinitely()
            .select().first(events -> events != END)
            .onItem().transformToMultiAndConcatenate(events -> Multi.createFrom().iterable(events));
        return Multi.createBy().concatenating().streams(Multi.createFrom().item(hello), entries)
            .onSubscription().invoke(() -> subscribers.add(subscriber))
            .onRequest().invoke(subscriber::sent)
            .onItem().invoke(subscriber::sending)
            .onTermination().invoke(() -> subscribers.remove(subscriber));
    }

    /** The next events, as soon as there are some, or a sign of life. */
    private Uni<List<OutboundSseEvent>> next(Subscriber subscriber, Sse sse) {
        long size = growth.size();
        return log.page(subscriber.filter(), LogReader.Order.ASC, Optional.of(subscriber.scanned()), PAGE).chain(page -> {
            if (page.entries().isEmpty()) {
                subscriber.scannedTo(size - 1);
                return growth.beyond(size).onItem().transform(Optional::of)
                    .ifNoItem().after(settings.heartbeatEvery()).recoverWithItem(Optional.empty())
                    .chain(grown -> grown.isPresent() ? next(subscriber, sse)
                        : Uni.createFrom().item(List.of(withPlace(subscriber, sse.newEventBuilder().comment("alive")).build())));
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

    /** A client that waits for a rare topic learns how far the log was searched for it, and need not have that searched again. */
    private static OutboundSseEvent.Builder withPlace(Subscriber subscriber, OutboundSseEvent.Builder event) {
        return subscriber.scanned() < 0 ? event : event.id(Long.toString(subscriber.scanned()));
    }
}
