// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Refuses a body without Content-Type: what it is would be a guess (RFC 9110 section 8.3). */
@Singleton
public class RefuseUntypedBody {
    @Inject
    Routes routes;

    /** Runs before a resource is called. */
    @ServerRequestFilter
    public void filter(ContainerRequestContext request) {
        if (request.getHeaderString("Content-Type") == null && hasBody(request)) {
            String path = request.getUriInfo().getRequestUri().getRawPath();
            List<Routes.Route> route = routes.of(request.getMethod(), path);
            if (route.stream().anyMatch(each -> !each.reads().isEmpty())) {
                throw HttpProblems.of(415, request.getMethod(), path, routes);
            }
        }
    }

    private static boolean hasBody(ContainerRequestContext request) {
        String length = request.getHeaderString("Content-Length");
        return request.getHeaderString("Transfer-Encoding") != null || length != null && !length.equals("0");
    }
}
