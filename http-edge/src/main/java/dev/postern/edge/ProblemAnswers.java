package dev.postern.edge;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Makes a problem of everything that a resource, or what stands before it, may throw. */
public class ProblemAnswers {
    private static final Logger LOG = Logger.getLogger(ProblemAnswers.class);

    /** A refusal of our own. */
    @ServerExceptionMapper
    public Response problem(Problem problem) {
        return response(problem);
    }

    /** No such route, no such method, no such media type. */
    @ServerExceptionMapper
    public Response refusedByFramework(WebApplicationException refused) {
        return response(HttpProblems.of(refused.getResponse().getStatus()));
    }

    /** No token. */
    @ServerExceptionMapper
    public Response unauthorized(UnauthorizedException refused) {
        return challenge();
    }

    /** A token that is not valid. */
    @ServerExceptionMapper
    public Response authenticationFailed(AuthenticationFailedException refused) {
        return challenge();
    }

    /** A token without the role. */
    @ServerExceptionMapper
    public Response forbidden(ForbiddenException refused) {
        return response(HttpProblems.of(403));
    }

    /** Everything else: something that we stand on is away, or an error of ours. */
    @ServerExceptionMapper
    public Response unexpected(Throwable failure) {
        if (Outages.isOutage(failure)) {
            return response(Problem.unavailable("the service cannot reach what it stands on; nothing was accepted"));
        }
        String incident = UUID.randomUUID().toString();
        LOG.errorf(failure, "Request failed unexpectedly incident=%s", incident);
        return response(HttpProblems.unexpected(incident));
    }

    static Response response(Problem problem) {
        Response.ResponseBuilder answer = Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem.toJson());
        problem.retryAfterSeconds().ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
        return answer.build();
    }

    private static Response challenge() {
        return Response.fromResponse(response(HttpProblems.of(401))).header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
    }
}
