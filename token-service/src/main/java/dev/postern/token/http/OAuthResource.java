// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.Callers;
import dev.postern.edge.Query;
import dev.postern.events.Actor;
import dev.postern.events.AuthorizationDetail.ContainerRegistry;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.AuthorizationDetail.FirewallOpening;
import dev.postern.token.AccessRequest.Granted;
import dev.postern.token.RevokeToken;
import dev.postern.token.TokenSecret;
import dev.postern.token.postgres.AccessRequestStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** OAuth 2.0 endpoints for tokens: introspection (RFC 7662), revocation (RFC 7009) and metadata (RFC 8414). */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class OAuthResource {
    private static final String TOKEN = "token";
    private static final String NO_STORE = "no-store";
    private static final byte[] INACTIVE = "{\"active\":false}".getBytes(StandardCharsets.UTF_8);

    private final AccessRequestStore store;
    private final TokenGrantCache grants;
    private final Callers callers;
    private final RequestMetrics metrics;
    private final URI publicUrl;

    OAuthResource(AccessRequestStore store, TokenGrantCache grants, Callers callers, RequestMetrics metrics,
                  @ConfigProperty(name = "postern.public-url") URI publicUrl) {
        this.store = store;
        this.grants = grants;
        this.callers = callers;
        this.metrics = metrics;
        this.publicUrl = publicUrl;
    }

    /** RFC 8414, section 2. There is no token endpoint yet: tokens are collected at the request that was granted. */
    record Metadata(String issuer, String introspectionEndpoint, List<String> introspectionEndpointAuthMethodsSupported, String revocationEndpoint,
                    List<String> revocationEndpointAuthMethodsSupported, List<String> responseTypesSupported, List<String> grantTypesSupported,
                    List<String> authorizationDetailsTypesSupported) {}

    /** Introspects a token for its owner and for operators; for everybody else it is inactive (RFC 7662 section 2.2). */
    @POST
    @Path("/oauth2/introspect")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @RolesAllowed({Roles.REQUESTER, Roles.OPERATOR})
    public Uni<RestResponse<byte[]>> introspect(byte[] body, @Context UriInfo uri) {
        // A secret does not belong into a URL, where logs keep it.
        Query.of(uri);
        String secret = Form.read(body).required(TOKEN);
        Viewer viewer = Viewer.of(callers);
        Instant now = Instant.now();
        return grants.of(secret).map(found -> {
            Optional<byte[]> active = found.filter(known -> viewer.sees(known.grant()) && known.grant().holds(now)).map(CachedGrant::introspection);
            metrics.introspected(active.isPresent());
            return ResponseBuilder.ok(active.orElse(INACTIVE)).header(HttpHeaders.CACHE_CONTROL, NO_STORE).build();
        });
    }

    /** Revokes a token. Its secret is the only credential needed, so that a finder of a leaked secret can revoke it. */
    @POST
    @Path("/oauth2/revoke")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @RolesAllowed({Roles.REQUESTER, Roles.OPERATOR})
    public Uni<Response> revoke(byte[] body, @Context UriInfo uri) {
        Query.of(uri);
        Optional<TokenSecret> secret = TokenSecret.read(Form.read(body).required(TOKEN));
        Actor by = Actor.of(callers.caller());
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return find(secret).chain(found -> {
            metrics.revoked(found.isPresent());
            return found.isEmpty() ? Uni.createFrom().voidItem()
                : store.decide(found.get().id(), new RevokeToken(secret.orElseThrow().digest(), by, now)::decide).replaceWithVoid();
        }).replaceWith(() -> Response.ok().header(HttpHeaders.CACHE_CONTROL, NO_STORE).build());
    }

    /** Returns the metadata with the addresses of introspection and revocation. */
    @GET
    @Path("/.well-known/oauth-authorization-server")
    @PermitAll
    public Metadata metadata() {
        return new Metadata(publicUrl.toString(), publicUrl + "/oauth2/introspect", List.of(Introspection.TOKEN_TYPE), publicUrl + "/oauth2/revoke",
            List.of(Introspection.TOKEN_TYPE), List.of(), List.of(), List.of(FirewallOpening.TYPE, DigitalOceanApi.TYPE, ContainerRegistry.TYPE));
    }

    private Uni<Optional<Granted>> find(Optional<TokenSecret> secret) {
        return secret.map(one -> store.findByToken(one.digest())).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }
}
