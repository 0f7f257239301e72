// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Makes a problem of everything that a resource or a filter before it may throw. */
public class ProblemAnswers {
    static final String NO_TOKEN = "Bearer";
    /** RFC 6750, section 3.1. */
    static final String BAD_TOKEN = "Bearer error=\"invalid_token\"";

    @Inject
    Routes routes;
    @Inject
    IdentityProvider identityProvider;
    @Inject
    Refusals refusals;
    @Inject
    CurrentVertxRequest current;

    /** A refusal of our own. */
    @ServerExceptionMapper
    public Response problem(Problem problem) {
        return noted(problem);
    }

    /** No such route, no such method, no such media type; an answer that a resource built itself is left as it is. */
    @ServerExceptionMapper
    public Response refusedByFramework(WebApplicationException refused, ContainerRequestContext request) {
        Response built = refused.getResponse();
        if (built.getStatus() < 400 || built.hasEntity()) {
            return built;
        }
        if (built.getStatus() >= 500) {
            return unexpected(refused);
        }
        return noted(HttpProblems.of(built.getStatus(), request.getMethod(), request.getUriInfo().getRequestUri().getRawPath(), routes));
    }

    /** No token. */
    @ServerExceptionMapper
    public Response unauthorized(UnauthorizedException refused, ContainerRequestContext request) {
        return challenge(NO_TOKEN, request);
    }

    /** A token that is not valid. */
    @ServerExceptionMapper
    public Response authenticationFailed(AuthenticationFailedException refused, ContainerRequestContext request) {
        return challenge(BAD_TOKEN, request);
    }

    /** A token without the role, or a guard that could not ask whether it has it. */
    @ServerExceptionMapper
    public Uni<Response> forbidden(ForbiddenException refused, ContainerRequestContext request) {
        return identityProvider.refusal().map(refusal -> noted(
            HttpProblems.withRoles(refusal, request.getMethod(), request.getUriInfo().getRequestUri().getRawPath(), routes)));
    }

    /** Everything else: an unavailable dependency, a value that the database refuses, or an internal error. */
    @ServerExceptionMapper
    public Response unexpected(Throwable failure) {
        return response(HttpProblems.of(failure));
    }

    private Response noted(Problem problem) {
        refusals.count(problem, current.getCurrent());
        return response(problem);
    }

    private Response response(Problem problem) {
        RoutingContext call = current.getCurrent();
        Problem complete = call == null ? problem
            : OAuthErrors.complete(problem, call.request().path(), call.request().getHeader(HttpHeaders.AUTHORIZATION) != null);
        Response.ResponseBuilder answer = Response.status(complete.status()).type(Problem.MEDIA_TYPE).entity(complete.toJson());
        complete.headers().forEach(answer::header);
        return answer.build();
    }

    private Response challenge(String scheme, ContainerRequestContext request) {
        Problem problem = UnauthorizedCalls.problem(request.getHeaderString(HttpHeaders.AUTHORIZATION), Instant.now());
        return Response.fromResponse(response(problem)).header(HttpHeaders.WWW_AUTHENTICATE, scheme).build();
    }
}
