// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import java.util.List;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Problem details for refusals of HTTP itself: no route, no such method, too large a body. */
final class HttpProblems {
    private static final Logger LOG = Logger.getLogger(HttpProblems.class);

    private HttpProblems() {}

    /** The problem of a status that a framework chose; 500 for what is no error status. */
    static Problem of(int status) {
        switch (status) {
            case 400:
                return new Problem(400, "bad-request", "the request could not be read");
            case 401:
                return new Problem(401, "unauthorized", "a valid access token of the realm is needed");
            case 403:
                return new Problem(403, "forbidden", "the access token does not have the role that this needs");
            case 404:
                return new Problem(404, "not-found", "there is nothing here");
            case 405:
                return new Problem(405, "method-not-allowed", "this method is not known here");
            case 406:
                return new Problem(406, "not-acceptable", "answers are application/json or application/problem+json");
            case 408:
                return new Problem(408, "request-timeout", "the request took too long to arrive");
            case 413:
                return new Problem(413, "body-too-large", "the body is larger than this service reads");
            case 414:
                return new Problem(414, "uri-too-long", "the URI is longer than this service reads");
            case 415:
                return new Problem(415, "unsupported-media-type", "this media type is not read here");
            case 431:
                return new Problem(431, "headers-too-large", "the headers are larger than this service reads");
            case 503:
                return Problem.unavailable("the service is not ready");
            default:
                return status >= 400 && status < 500 ? new Problem(status, "refused", "the request was refused")
                    : new Problem(500, "internal-error", "the request failed");
        }
    }

    /**
     * The problem of a status, with what would be right at this route: the methods of the path, the media types that are read or answered.
     *
     * @param method the request's
     * @param path   its path
     */
    static Problem of(int status, String method, String path, Routes routes) {
        switch (status) {
            case 404:
                // The framework chooses a resource class by the path before it considers the method, so that another method can lead to no class at all.
                SortedSet<String> methods = routes.methods(path);
                return methods.isEmpty() || methods.contains(method) ? of(status) : of(405, method, path, routes);
            case 405:
                String allowed = String.join(", ", routes.methods(path));
                return allowed.isEmpty() ? of(status) : new Problem(405, "method-not-allowed", "this path takes " + allowed).header("Allow", allowed);
            case 406:
                String answers = types(routes.of(method, path), Routes.Route::answers);
                return answers.isEmpty() ? of(status)
                    : new Problem(406, "not-acceptable", "this path answers " + answers + "; refusals are " + Problem.MEDIA_TYPE);
            case 415:
                String reads = types(routes.of(method, path), Routes.Route::reads);
                // RFC 9110 section 15.5.16 and RFC 5789: the formats that would be read are in a header, too.
                return reads.isEmpty() ? of(status) : new Problem(415, "unsupported-media-type", "this path reads " + reads + "; say so in Content-Type")
                    .header("Accept", reads).header("Accept-" + (method.equals("PATCH") ? "Patch" : "Post"), reads);
            default:
                return of(status);
        }
    }

    private static String types(List<Routes.Route> routes, Function<Routes.Route, List<String>> types) {
        return routes.stream().flatMap(route -> types.apply(route).stream()).distinct().collect(Collectors.joining(", "));
    }

    /**
     * Returns the same refusal; where a role is missing, with the roles that the route takes. A guard of paths also denies what is not there at
     * all: an unknown path is 404 then, and a method that the path does not take is 405.
     */
    static Problem withRoles(Problem refusal, String method, String path, Routes routes) {
        if (refusal.status() != 403) {
            return refusal;
        }
        if (!routes.methods(path).contains(method)) {
            return of(404, method, path, routes);
        }
        List<String> roles = routes.of(method.equals("HEAD") ? "GET" : method, path).stream().flatMap(route -> route.roles().stream()).distinct().toList();
        return roles.isEmpty() ? refusal
            : new Problem(403, refusal.rule(), "the access token does not have the role that this needs: " + String.join(" or ", roles));
    }

    /** Returns the problem of an unhandled failure: a dependency unavailable, a value refused by the database, or an internal error, which is logged. */
    static Problem of(Throwable failure) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (TransientFailures.isOutage(failure)) {
            LOG.warnf("Dependency unavailable; rejecting the request " + Keys.CAUSE + "=%s", failure.getClass().getSimpleName());
            return Problem.unavailable("what this needs cannot be reached at the moment; nothing was accepted");
        }
        if (TransientFailures.isRefusedValue(failure)) {
            LOG.warn("Database refused a value; rejecting the request", failure);
            return new Problem(400, "invalid-value", "a value is out of the range that can be kept");
        }
        String incident = UUID.randomUUID().toString();
        LOG.errorf(failure, "Request failed unexpectedly " + Keys.INCIDENT + "=%s", incident);
        return new Problem(500, "internal-error", "the request failed; the log has it as incident " + incident);
    }
}
