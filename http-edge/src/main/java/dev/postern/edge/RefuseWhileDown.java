package dev.postern.edge;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Answers writes with 503 and Retry-After while something that the service stands on is known to be away: nothing is accepted that could be lost. */
@Singleton
public class RefuseWhileDown {
    private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

    @Inject
    @All
    List<Dependencies> dependencies;

    /** Runs before a resource is called. */
    @ServerRequestFilter
    public void filter(ContainerRequestContext request) {
        if (!WRITES.contains(request.getMethod())) {
            return;
        }
        List<String> away = new ArrayList<>();
        for (Dependencies each : dependencies) {
            away.addAll(each.away());
        }
        if (!away.isEmpty()) {
            throw Problem.unavailable(String.join(" and ", away) + " cannot be reached at the moment; nothing was accepted");
        }
    }
}
