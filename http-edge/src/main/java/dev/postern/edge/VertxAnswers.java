// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;

/** Makes a problem of everything that goes wrong before, beside or after the resources: routing, hosts, limits, handlers of the framework. */
@Singleton
public class VertxAnswers {
    /** After the resources' own mappers, before the framework's page. */
    private static final int ORDER = Integer.MAX_VALUE - 1;
    private static final List<Integer> ROUTED_WITHOUT_A_HANDLER = List.of(400, 404, 405, 406, 413, 414, 415, 431, 500, 503);

    private final Routes routes;
    private final IdentityProvider identityProvider;
    private final Refusals refusals;

    VertxAnswers(Routes routes, IdentityProvider identityProvider, Refusals refusals) {
        this.refusals = refusals;
        this.routes = routes;
        this.identityProvider = identityProvider;
    }

    void register(@Observes Router router) {
        router.route().order(ORDER).failureHandler(this::fail);
        ROUTED_WITHOUT_A_HANDLER.forEach(status -> router.errorHandler(status, this::fail));
    }

    private void fail(RoutingContext context) {
        Throwable failure = context.failure();
        int status = context.statusCode();
        Problem problem;
        if (failure instanceof AuthenticationException || failure instanceof UnauthorizedException) {
            // Runs before the mapper of the resources, which would answer the same.
            context.response().putHeader(HttpHeaderNames.WWW_AUTHENTICATE,
                failure instanceof UnauthorizedException ? ProblemAnswers.NO_TOKEN : ProblemAnswers.BAD_TOKEN);
            problem = UnauthorizedCalls.problem(context.request().getHeader(HttpHeaderNames.AUTHORIZATION), Instant.now());
        } else if (failure instanceof ForbiddenException) {
            identityProvider.refusal().subscribe().with(refusal -> answer(context,
                HttpProblems.withRoles(refusal, context.request().method().name(), context.request().path(), routes)));
            return;
        } else if (failure == null || status >= 400 && status < 500) {
            problem = HttpProblems.of(status < 400 ? 404 : status, context.request().method().name(), context.request().path(), routes);
        } else if (failure instanceof VertxException || status > 0 && status < 400) {
            // The connection broke, or what came could not be decoded.
            problem = HttpProblems.of(400);
        } else {
            problem = HttpProblems.of(failure);
        }
        answer(context, problem);
    }

    private void answer(RoutingContext context, Problem problem) {
        refusals.count(problem, context);
        send(context, problem);
    }

    static void send(RoutingContext context, Problem problem) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.headWritten()) {
            return;
        }
        Problem complete = OAuthErrors.complete(problem, context.request().path(), context.request().getHeader(HttpHeaderNames.AUTHORIZATION) != null);
        complete.headers().forEach(response::putHeader);
        response.setStatusCode(complete.status()).putHeader(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE).end(complete.toJson());
    }

    /** Answers and closes: the rest of the request is not read. */
    static void sendAndClose(RoutingContext context, Problem problem) {
        if (context.response().ended() || context.response().headWritten()) {
            return;
        }
        context.response().putHeader(HttpHeaderNames.CONNECTION, "close");
        context.response().endHandler(end -> context.request().connection().close());
        send(context, problem);
    }
}
