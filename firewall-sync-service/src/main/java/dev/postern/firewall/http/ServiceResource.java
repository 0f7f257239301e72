// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.edge.Callers;
import dev.postern.edge.Cursor;
import dev.postern.edge.Preconditions;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.firewall.AttachmentReport;
import dev.postern.firewall.AttachmentReport.Warning;
import dev.postern.firewall.Opening;
import dev.postern.firewall.ProtectedService;
import dev.postern.firewall.ProtectedService.Protected;
import dev.postern.firewall.accounts.AccountClients;
import dev.postern.firewall.postgres.OpeningStore;
import dev.postern.firewall.postgres.ServiceStore;
import dev.postern.firewall.reconcile.AttachmentInspection;
import dev.postern.firewall.reconcile.FirewallReconciler;
import dev.postern.messaging.Transactions;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestResponse;

/** Protected services. Who may read and who may write is said in Keycloak, by path and method. */
@Path("/services")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class ServiceResource {
    private final Transactions transactions;
    private final ServiceStore services;
    private final OpeningStore openings;
    private final FirewallReconciler reconciler;
    private final AccountClients clouds;
    private final AttachmentInspection inspection;
    private final Callers callers;

    ServiceResource(Transactions transactions, ServiceStore services, OpeningStore openings, FirewallReconciler reconciler, AccountClients clouds,
                    AttachmentInspection inspection, Callers callers) {
        this.transactions = transactions;
        this.services = services;
        this.openings = openings;
        this.reconciler = reconciler;
        this.clouds = clouds;
        this.inspection = inspection;
        this.callers = callers;
    }

    /** Services in the order of their names, in pages. */
    @GET
    @Operation(summary = "Protected services, by name")
    public Uni<ObjectNode> list(@Context UriInfo uri) {
        Query query = Query.of(uri, "limit", "cursor");
        int limit = query.limit();
        String after = query.cursor().map(Cursor::id).orElse("");
        return read(session -> services.after(session, after, limit + 1)).map(found -> {
            ObjectNode page = JsonNodeFactory.instance.objectNode();
            ArrayNode items = page.putArray("items");
            found.stream().limit(limit).forEach(service -> items.add(ServiceBody.json((Protected) service)));
            if (found.size() > limit) {
                page.put("next_cursor", Cursor.of(0, found.get(limit - 1).name().toString()).encode());
            }
            return page;
        });
    }

    /** One service, with its version as entity tag. */
    @GET
    @Path("/{name}")
    @Operation(summary = "A protected service")
    public Uni<RestResponse<ObjectNode>> get(@PathParam("name") String name, @Context UriInfo uri) {
        Query.of(uri);
        ServiceName wanted = ServiceBody.name(name);
        return read(session -> services.find(session, wanted)).map(service -> answer(existing(service), RestResponse.Status.OK));
    }

    /** Protects a service, or changes what is protected. */
    @PUT
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Protect a service")
    public Uni<RestResponse<ObjectNode>> put(@PathParam("name") String name, byte[] body, @HeaderParam(HttpHeaders.IF_MATCH) List<String> ifMatch,
                                             @HeaderParam(HttpHeaders.IF_NONE_MATCH) List<String> ifNoneMatch, @Context UriInfo uri) {
        Query.of(uri);
        ServiceName wanted = ServiceBody.newName(name);
        ServiceBody.Put put = ServiceBody.read(body, clouds.limits());
        Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
        Actor by = Actor.of(callers.caller());
        io.vertx.core.Context context = Vertx.currentContext(); // the transaction needs the caller's context, and the provider's client answers on its own
        return inspection.inspect(wanted, put.content()).call(warnings -> refused(put, warnings).isPresent() ? Uni.createFrom().voidItem()
            : inspection.withoutBaseFirewall(wanted, put.withoutBaseFirewall())).emitOn(work -> context.runOnContext(here -> work.run()))
            .invoke(warnings -> refuseMissingWall(put, warnings))
            .chain(warnings -> change(wanted, by, preconditions, service -> service.onPut(put.content(), by, Instant.now()))
                .map(change -> answer(existing(change.outcome().next()),
                    change.before().content().isPresent() ? RestResponse.Status.OK : RestResponse.Status.CREATED, warnings)));
    }

    private static Optional<Warning> refused(ServiceBody.Put put, List<Warning> warnings) {
        return put.withoutBaseFirewall() ? Optional.empty()
            : warnings.stream().filter(warning -> warning.rule().equals(AttachmentReport.WALL_MISSING)).findFirst();
    }

    private static void refuseMissingWall(ServiceBody.Put put, List<Warning> warnings) {
        refused(put, warnings).ifPresent(warning -> {
            throw new Problem(400, warning.rule(), warning.message() + ", or put \"without_base_firewall\": true to accept this").at(warning.pointer());
        });
    }

    /** Takes a service's protection away: its openings close, its objects at the provider go. */
    @DELETE
    @Path("/{name}")
    @Operation(summary = "Protect a service no longer")
    public Uni<RestResponse<Void>> delete(@PathParam("name") String name, @HeaderParam(HttpHeaders.IF_MATCH) List<String> ifMatch, @Context UriInfo uri) {
        Query.of(uri);
        ServiceName wanted = ServiceBody.name(name);
        Actor by = Actor.of(callers.caller());
        return change(wanted, by, Preconditions.of(ifMatch, null), service -> existing(service).onRemoved(by, Instant.now()))
            .replaceWith(RestResponse.noContent());
    }

    /** Openings of a service, the latest first, in pages. */
    @GET
    @Path("/{name}/openings")
    @Operation(summary = "Openings of a protected service, the latest first")
    public Uni<ObjectNode> openings(@PathParam("name") String name, @Context UriInfo uri) {
        Query query = Query.of(uri, "limit", "cursor");
        ServiceName wanted = ServiceBody.name(name);
        int limit = query.limit();
        long before = query.cursor().map(Cursor::position).orElse(Long.MAX_VALUE);
        return read(session -> services.find(session, wanted).invoke(ServiceResource::existing)
            .chain(() -> openings.page(session, wanted, before, limit + 1))).map(found -> {
                ObjectNode page = JsonNodeFactory.instance.objectNode();
                ArrayNode items = page.putArray("items");
                found.stream().limit(limit).forEach(row -> items.add(json(row.opening())));
                if (found.size() > limit) {
                    page.put("next_cursor", Cursor.of(found.get(limit - 1).id(), "").encode());
                }
                return page;
            });
    }

    private static ObjectNode json(Opening opening) {
        Opening.Granted granted = opening.granted();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("request_id", granted.requestId().toString()).put("protocol", granted.access().protocol().toString())
            .put("ports", granted.access().ports().toString()).put("source", granted.access().source().toString())
            .put("state", opening.told().state().name().toLowerCase(java.util.Locale.ROOT)).put("since", opening.since().toString())
            .put("valid_until", granted.validUntil().toString());
        opening.detail().ifPresent(detail -> json.put("detail", detail));
        return json;
    }

    private Uni<ServiceStore.Change> change(ServiceName name, Actor by, Preconditions preconditions,
                                            Function<ProtectedService, Outcome<ProtectedService>> decision) {
        return transactions.decide(session -> services.change(session, name, by.subject(), Instant.now(), before -> {
            check(preconditions, before);
            return decision.apply(before);
        }).call(change -> change.outcome().events().isEmpty() ? Uni.createFrom().voidItem()
            : openings.follow(session, change.before(), change.outcome().next(), Instant.now()))
            .map(change -> new Outcome<>(change, change.outcome().events())))
            .invoke(change -> {
                if (!change.outcome().events().isEmpty()) {
                    reconciler.poke(List.of(name));
                }
            });
    }

    private static void check(Preconditions preconditions, ProtectedService present) {
        boolean exists = present.content().isPresent();
        if (!preconditions.allow(exists ? Optional.of(Preconditions.tag(present.version())) : Optional.empty())) {
            throw new Problem(412, "precondition-failed", exists ? "the service has version " + present.version() : "there is no such service");
        }
    }

    private <T> Uni<T> read(Function<Mutiny.Session, Uni<T>> reading) {
        return transactions.decide(session -> reading.apply(session).map(Outcome::unchanged));
    }

    private static Protected existing(ProtectedService service) {
        return Optional.of(service).filter(Protected.class::isInstance).map(Protected.class::cast).orElseThrow(() -> Problem.notFound("service"));
    }

    private static RestResponse<ObjectNode> answer(Protected service, RestResponse.Status status, List<Warning> warnings) {
        ObjectNode json = ServiceBody.json(service);
        ServiceBody.warnings(json, warnings);
        return RestResponse.ResponseBuilder.create(status, json).header(HttpHeaders.ETAG, Preconditions.tag(service.version())).build();
    }

    private static RestResponse<ObjectNode> answer(Protected service, RestResponse.Status status) {
        return RestResponse.ResponseBuilder.create(status, ServiceBody.json(service)).header(HttpHeaders.ETAG, Preconditions.tag(service.version())).build();
    }
}
