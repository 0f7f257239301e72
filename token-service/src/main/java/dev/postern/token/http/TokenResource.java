// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.Callers;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest;
import dev.postern.token.IssueToken;
import dev.postern.token.TokenSecret;
import dev.postern.token.postgres.AccessRequestStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/** Issues a grant's token to its owner. The secret is generated here, returned in this one answer, and stored nowhere. */
@Path("/access-requests/{id}/token")
@Produces(MediaType.APPLICATION_JSON)
public class TokenResource {
    private static final SecureRandom CHANCE = new SecureRandom();

    private final AccessRequestStore store;
    private final Callers callers;
    private final RequestMetrics metrics;

    TokenResource(AccessRequestStore store, Callers callers, RequestMetrics metrics) {
        this.store = store;
        this.callers = callers;
        this.metrics = metrics;
    }

    /** The only answer that contains a secret. */
    record Collected(String token, String tokenType, TokenId tokenId, AccessRequestId requestId, Instant issuedAt, Instant validUntil,
                     List<AuthorizationDetail> authorizationDetails) {
        @Override
        public String toString() {
            return "Collected[" + tokenId + "]";
        }
    }

    /** Collects a token; the earlier one is dead. */
    @POST
    @RolesAllowed(Roles.REQUESTER)
    public Uni<Response> collect(@PathParam("id") String id, @Context UriInfo uri) {
        Query.of(uri);
        byte[] random = new byte[TokenSecret.RANDOM_BYTES];
        CHANCE.nextBytes(random);
        TokenSecret secret = TokenSecret.of(random);
        Viewer viewer = Viewer.of(callers);
        IssueToken command = new IssueToken(viewer.subject(), new TokenId(UUID.randomUUID()), secret.digest(), Instant.now().truncatedTo(ChronoUnit.MICROS));
        return store.decide(AccessRequestResource.idOf(id), command::decide).map(found -> {
            AccessRequest request = viewer.seen(found).request();
            metrics.collected(command.issuedIn(request));
            if (!command.issuedIn(request)) {
                throw request.asked().ownedBy(viewer.subject())
                    ? Problem.conflict("not-granted", "a token is collected while the request is granted; it is " + request.status())
                    : new Problem(403, "owner-only", "a token is collected by the owner of the request alone");
            }
            AccessRequest.Granted granted = (AccessRequest.Granted) request;
            return Response.ok(new Collected(secret.reveal(), "Bearer", command.tokenId(), granted.id(), command.now(), granted.validUntil(),
                granted.granted().authorizationDetails()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store").build();
        });
    }
}
