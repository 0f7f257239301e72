// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.postgres.AppendNotifications;
import dev.postern.audit.postgres.LogReader;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses a client that knows entries which the log does not have: the log was restored from a backup, or begun anew, and a client that would wait for
 * the next index would miss everything until then. It runs before the head of a stream is written; after that there is no status left to say it with.
 */
@Singleton
public class RefuseBeyondLog {
    @Inject
    AppendNotifications growth;

    @Inject
    LogReader log;

    /** Answers 409 {@code log-is-shorter}; null lets the request pass. */
    @ServerRequestFilter
    @WithinLog
    public Uni<Response> filter(ContainerRequestContext request) {
        Query query = Query.of(request.getUriInfo().getQueryParameters(), "topic", StreamResource.AFTER);
        long after = StreamResource.after(request.getHeaderString("Last-Event-ID"), query).orElse(-1L);
        if (after < growth.size()) {
            return Uni.createFrom().nullItem();
        }
        // What is remembered may be a moment old; the database is not.
        return log.size().map(size -> {
            if (after >= size) {
                throw Problem.conflict("log-is-shorter", "you know entry " + after + ", but the log has only " + size + " entries: it was restored or begun"
                    + " anew. Compare the checkpoint that you kept, then begin without Last-Event-ID or after");
            }
            return null;
        });
    }
}
