// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestResponse;

/** The operations of DigitalOcean's API that this service reads besides firewalls: scopes account:read, tag:read, droplet:read. */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
public interface DigitalOceanLookupApi {
    /** The account that the credential opens; 200. */
    @GET
    @Path("/account")
    Uni<RestResponse<byte[]>> account();

    /** A page of all tags; 200. */
    @GET
    @Path("/tags")
    Uni<RestResponse<byte[]>> tags(@QueryParam("per_page") int perPage, @QueryParam("page") int page);

    /** A page of all Droplets; 200. */
    @GET
    @Path("/droplets")
    Uni<RestResponse<byte[]>> droplets(@QueryParam("per_page") int perPage, @QueryParam("page") int page);
}
