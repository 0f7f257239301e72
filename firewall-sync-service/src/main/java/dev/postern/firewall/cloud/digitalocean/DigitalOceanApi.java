// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestResponse;

/** The operations of DigitalOcean's API that this service calls. Bodies are bytes: what they hold is read by hand, unknown members included. */
@Path("/v2/firewalls")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public interface DigitalOceanApi {
    /** A page of all firewalls; 200. */
    @GET
    Uni<RestResponse<byte[]>> list(@QueryParam("per_page") int perPage, @QueryParam("page") int page);

    /** One firewall; 200, 404. */
    @GET
    @Path("/{id}")
    Uni<RestResponse<byte[]>> get(@PathParam("id") String id);

    /** A new firewall; 202, 409 for a name that is taken. */
    @POST
    Uni<RestResponse<byte[]>> create(byte[] body);

    /** All of a firewall; 200. */
    @PUT
    @Path("/{id}")
    Uni<RestResponse<byte[]>> replace(@PathParam("id") String id, byte[] body);

    /** A firewall's end; 204, 404. */
    @DELETE
    @Path("/{id}")
    Uni<RestResponse<byte[]>> delete(@PathParam("id") String id);
}
