// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Answers writes with 503 and Retry-After while a dependency of the service is known to be unavailable: nothing is accepted that could be lost. */
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
        refusal(dependencies).ifPresent(refusal -> {
            throw refusal;
        });
    }

    /** Returns the message that names the unavailable dependencies, each once; empty if all are available. */
    static Optional<Problem> refusal(List<Dependencies> dependencies) {
        SortedSet<String> away = dependencies.stream().flatMap(each -> each.away().stream()).collect(Collectors.toCollection(TreeSet::new));
        return away.isEmpty() ? Optional.empty()
            : Optional.of(Problem.unavailable(String.join(" and ", away) + " cannot be reached at the moment; nothing was accepted"));
    }
}
