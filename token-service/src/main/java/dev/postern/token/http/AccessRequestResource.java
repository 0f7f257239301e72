// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.Callers;
import dev.postern.edge.Cursor;
import dev.postern.edge.PreferWait;
import dev.postern.edge.Preconditions;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.events.AccessRequestId;
import dev.postern.events.Actor;
import dev.postern.events.Requester;
import dev.postern.token.AccessRequest;
import dev.postern.token.RequestContent;
import dev.postern.token.Limits;
import dev.postern.token.RequestAccess;
import dev.postern.token.RequestAccess.Answer;
import dev.postern.token.RevokeAccess;
import dev.postern.token.Status;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.postgres.Selection;
import dev.postern.token.postgres.Stored;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import io.smallrye.mutiny.vertx.UniHelper;
import io.vertx.core.Vertx;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Access requests: create, read, wait, list, end. The OpenAPI document ({@code META-INF/openapi.yaml}) is its contract. */
@Path("/access-requests")
@Produces(MediaType.APPLICATION_JSON)
public class AccessRequestResource {
    private static final String PREFER = "Prefer";
    /** Bytes of a body that is read on the event loop. */
    private static final int SHORT_BYTES_MAX = 1_024;
    private static final String PREFERENCE_APPLIED = "Preference-Applied";

    private final AccessRequestStore store;
    private final ChangeWait wait;
    private final Callers callers;
    private final RequestMetrics metrics;
    private final KnownAccounts accounts;
    private final URI publicUrl;

    AccessRequestResource(AccessRequestStore store, ChangeWait wait, Callers callers, RequestMetrics metrics, KnownAccounts accounts,
                          @ConfigProperty(name = "postern.public-url") URI publicUrl) {
        this.store = store;
        this.wait = wait;
        this.callers = callers;
        this.metrics = metrics;
        this.accounts = accounts;
        this.publicUrl = publicUrl;
    }

    /** A page of requests. */
    record Page(List<AccessRequestView> items, Optional<String> nextCursor) {}

    /** Asks for access. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Roles.REQUESTER)
    public Uni<Response> request(byte[] body, @HeaderParam(PREFER) List<String> prefer, @HeaderParam("Idempotency-Key") String idempotencyKey,
                                 @Context UriInfo uri) {
        Query.of(uri);
        if (idempotencyKey != null) {
            throw Problem.badRequest("idempotency-key", "/id",
                "the header Idempotency-Key is not read; write the key as id into the body, as a UUID: a repetition with it is the same request");
        }
        Requester caller = callers.caller();
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Optional<Duration> waits = waitOf(prefer);
        return asked(body, caller, now).invoke(read -> accounts.check(read.account(), read.authorizationDetails())).chain(asked -> request(asked, waits));
    }

    /** Reads what is asked for: on a worker thread unless it is short, since its schemas are compiled. */
    private static Uni<RequestContent> asked(byte[] body, Requester caller, Instant now) {
        Callable<RequestContent> read = () -> NewAccessRequest.read(body, caller, now, () -> new AccessRequestId(UUID.randomUUID()));
        return body == null || body.length <= SHORT_BYTES_MAX ? Uni.createFrom().item(Unchecked.supplier(read::call))
            : UniHelper.toUni(Vertx.currentContext().executeBlocking(read, false));
    }

    private Uni<Response> request(RequestContent asked, Optional<Duration> waits) {
        AccessRequestId id = asked.id();
        return store.request(new RequestAccess(asked)).invoke(metrics::requested).chain(answer -> {
            if (answer instanceof Answer.Accepted accepted) {
                return waits.isEmpty() ? Uni.createFrom().item(accepted(new Stored(accepted.request(), 1), waits))
                    : decided(id, waits).map(present -> accepted(present, waits));
            }
            if (answer instanceof Answer.AlreadyExists existing) {
                return decided(id, waits).map(present -> shown(Response.ok(), present, waits));
            }
            throw refusal(answer);
        });
    }

    private Uni<Stored> decided(AccessRequestId id, Optional<Duration> waits) {
        return wait.until(id, waits.orElse(Duration.ZERO), stored -> stored.request().decision().isPresent() || stored.request().status() == Status.ENDED)
            .map(found -> found.orElseThrow(() -> Problem.notFound("access request")));
    }

    private Response accepted(Stored stored, Optional<Duration> waits) {
        boolean answered = stored.request().status() != Status.PENDING && stored.request().status() != Status.AWAITING_APPROVAL;
        return shown(Response.status(answered ? Response.Status.OK : Response.Status.ACCEPTED).location(locationOf(stored.request().id())), stored, waits);
    }

    private static Problem refusal(Answer answer) {
        if (answer instanceof Answer.ExistsWithDifferentContent) {
            return Problem.conflict("exists-with-different-content", "this id was used for a request with other content").at("/id");
        }
        if (answer instanceof Answer.IdInUse) {
            return Problem.conflict("id-in-use", "this id cannot be used; choose another").at("/id");
        }
        if (answer instanceof Answer.NothingToReplace) {
            return Problem.notFound("the access request that this one replaces").at("/replaces");
        }
        return new Problem(429, "too-many-pending", "at most " + Limits.PENDING_PER_OWNER_MAX + " requests of one owner wait for a decision")
            .retryAfter(Duration.ofSeconds(5));
    }

    /** A request as it is, or after its next change. */
    @GET
    @Path("/{id}")
    @RolesAllowed({Roles.REQUESTER, Roles.OPERATOR})
    public Uni<Response> get(@PathParam("id") String id, @HeaderParam(PREFER) List<String> prefer,
                             @HeaderParam(HttpHeaders.IF_NONE_MATCH) List<String> ifNoneMatch, @Context UriInfo uri) {
        Query.of(uri);
        AccessRequestId requestId = idOf(id);
        Optional<Duration> waits = waitOf(prefer);
        Viewer viewer = Viewer.of(callers);
        Preconditions known = Preconditions.of(null, ifNoneMatch);
        return store.find(requestId).map(viewer::seen).chain(first -> {
            boolean news = known.hasIfNoneMatch() && !known.known(Optional.of(etag(first)));
            return waits.isEmpty() || news || first.request().settled()
                ? Uni.createFrom().item(first)
                : wait.until(requestId, waits.get(), stored -> stored.version() != first.version()).map(viewer::seen);
        }).map(stored -> known.known(Optional.of(etag(stored)))
            ? Response.notModified().tag(etagValue(stored)).build()
            : shown(Response.ok(), stored, waits));
    }

    /** Own requests, newest first; an operator sees all. */
    @GET
    @RolesAllowed({Roles.REQUESTER, Roles.OPERATOR})
    public Uni<Page> list(@Context UriInfo uri) {
        Query query = Query.of(uri, "status", "on_behalf_of", "cursor", "limit");
        int limit = query.limit();
        Optional<Selection.Place> after = query.cursor().map(AccessRequestResource::placeOf);
        Viewer viewer = Viewer.of(callers);
        Optional<String> owner = viewer.operator() ? Optional.empty() : Optional.of(viewer.subject());
        return store.list(new Selection(owner, query.choice("status", Status.class), query.text("on_behalf_of"), after, limit + 1)).map(found -> {
            List<AccessRequestView> items = found.stream().limit(limit).map(stored -> AccessRequestView.of(stored.request())).toList();
            Optional<String> next = found.size() > limit ? Optional.of(cursorAt(found.get(limit - 1).request())) : Optional.empty();
            return new Page(items, next);
        });
    }

    /** Ends a request: its token is dead, its openings close. */
    @DELETE
    @Path("/{id}")
    @RolesAllowed({Roles.REQUESTER, Roles.OPERATOR})
    public Uni<Response> end(@PathParam("id") String id, @Context UriInfo uri) {
        Query.of(uri);
        Viewer viewer = Viewer.of(callers);
        RevokeAccess command = new RevokeAccess(Actor.of(callers.caller()), viewer.operator(), Instant.now().truncatedTo(ChronoUnit.MICROS));
        return store.decide(idOf(id), command::decide).map(viewer::seen).map(ended -> Response.noContent().build());
    }

    private URI locationOf(AccessRequestId id) {
        return URI.create(publicUrl + "/access-requests/" + id);
    }

    private static Response shown(ResponseBuilder answer, Stored stored, Optional<Duration> waits) {
        waits.ifPresent(granted -> answer.header(PREFERENCE_APPLIED, "wait=" + granted.toSeconds()));
        return answer.tag(etagValue(stored)).header(HttpHeaders.CACHE_CONTROL, "no-cache").entity(AccessRequestView.of(stored.request())).build();
    }

    private static String etag(Stored stored) {
        return '"' + etagValue(stored) + '"';
    }

    private static String etagValue(Stored stored) {
        return Long.toString(stored.version());
    }

    private static Optional<Duration> waitOf(List<String> prefer) {
        return PreferWait.of(prefer == null || prefer.isEmpty() ? null : String.join(", ", prefer)).filter(duration -> !duration.isZero());
    }

    static AccessRequestId idOf(String text) {
        try {
            return AccessRequestId.of(text);
        } catch (IllegalArgumentException noSuchId) {
            throw Problem.notFound("access request");
        }
    }

    private static Selection.Place placeOf(Cursor cursor) {
        try {
            return new Selection.Place(cursor.instant(), UUID.fromString(cursor.id()));
        } catch (IllegalArgumentException | java.time.DateTimeException foreign) {
            throw Problem.badRequest("invalid-cursor", "?cursor", "the cursor must be one that this list answered");
        }
    }

    private static String cursorAt(AccessRequest request) {
        return Cursor.of(request.asked().requestedAt(), request.id().toString()).encode();
    }
}
