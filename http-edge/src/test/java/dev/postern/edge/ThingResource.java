// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.oidc.AccessTokenCredential;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** A resource as the services write theirs. */
@Path("/things")
@Produces(MediaType.APPLICATION_JSON)
public class ThingResource {
    private static final RequestSchema SCHEMA = RequestSchema.of("/request-schemas/thing.json");

    @Inject
    Callers callers;
    @Inject
    Failures failures;
    @Inject
    SecurityIdentity identity;
    @Inject
    CurrentVertxRequest current;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Map<String, Object>> create(byte[] body) {
        JsonNode thing = StrictJson.read(body, SCHEMA);
        Violations violations = new Violations();
        violations.parse("/name", "name", () -> {
            if (thing.get("name").asText().equals("taken")) {
                throw new IllegalArgumentException("must not be taken");
            }
            return thing.get("name").asText();
        });
        violations.throwIfAny();
        return Uni.createFrom()
            .item(Map.of("name", thing.get("name").asText(), "bytes", body.length, "event_loop", io.vertx.core.Context.isOnEventLoopThread()));
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Uni<Map<String, Object>> put(@PathParam("id") String id, byte[] body) {
        StrictJson.read(body);
        return Uni.createFrom().item(Map.of("id", id));
    }

    @GET
    public Uni<Map<String, Object>> list(@Context UriInfo uri, @HeaderParam("Prefer") String prefer) {
        Query query = Query.of(uri, "status", "limit", "cursor", "as_of");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("limit", query.limit());
        query.cursor().ifPresent(cursor -> answer.put("cursor", cursor.position()));
        query.choice("status", Status.class).ifPresent(status -> answer.put("status", status));
        query.parse("as_of", "instant", java.time.Instant::parse).ifPresent(instant -> answer.put("as_of", instant.toString()));
        PreferWait.of(prefer).ifPresent(wait -> answer.put("wait", wait.toString()));
        return Uni.createFrom().item(answer);
    }

    @GET
    @Path("/{id}")
    public Uni<Map<String, Object>> get(@PathParam("id") String id) {
        return id.equals("mine") ? Uni.createFrom().item(Map.of("id", id)) : Uni.createFrom().failure(Problem.notFound("thing"));
    }

    @POST
    @Path("/form")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Uni<Map<String, Object>> form(@FormParam("token") String token) {
        return Uni.createFrom().item(Map.of("token", token == null ? "absent" : token));
    }

    @GET
    @Path("/stream")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<String> stream() {
        return Multi.createFrom().items("x");
    }

    @GET
    @Path("/whoami")
    @RolesAllowed("operator")
    public Uni<Map<String, Object>> whoami() {
        var caller = callers.caller();
        return Uni.createFrom().item(Map.of("kind", caller.kind(), "subject", caller.subject(), "client", caller.client(), "roles", caller.roles(),
            "operator", callers.has("operator")));
    }

    @GET
    @Path("/caller")
    public Uni<Map<String, Object>> caller() {
        return Uni.createFrom().item(Map.of("subject", callers.caller().subject()));
    }

    @GET
    @Path("/identity")
    @RolesAllowed("operator")
    public Uni<Map<String, Object>> identity() {
        boolean ofThisCall = identity.getAttribute(RoutingContext.class.getName()) == current.getCurrent();
        return Uni.createFrom().item(Map.of("name", identity.getPrincipal().getName(), "roles", new TreeSet<>(identity.getRoles()),
            "attributes", new TreeSet<>(identity.getAttributes().keySet()), "credential", identity.getCredential(AccessTokenCredential.class).getToken(),
            "of_this_call", ofThisCall));
    }

    @GET
    @Path("/failing/{how}")
    public Uni<Map<String, Object>> fail(@PathParam("how") String how) {
        return Uni.createFrom().failure(failures.of(how));
    }

    enum Status { OPEN, AWAITING_APPROVAL }
}
