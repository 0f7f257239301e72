// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import dev.postern.audit.postgres.LogReader;
import dev.postern.edge.Query;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;

/** Serves the current checkpoint. Keycloak decides on access: resource {@code checkpoint}. */
@Path("/checkpoint")
@Produces(MediaType.APPLICATION_JSON)
public class CheckpointResource {
    private final LogReader log;

    CheckpointResource(LogReader log) {
        this.log = log;
    }

    /**
     * A checkpoint.
     *
     * @param origin   names the log
     * @param size     how many entries it has
     * @param rootHash the RFC 9162 root over them, base64
     * @param at       when the last of them was appended
     */
    public record CheckpointView(String origin, long size, String rootHash, Instant at) {}

    /** The checkpoint of all that is committed. */
    @GET
    public Uni<CheckpointView> checkpoint(@Context UriInfo uri) {
        Query.of(uri);
        return log.checkpoint().map(now -> new CheckpointView(now.origin(), now.size(), now.root().base64(), now.at()));
    }
}
