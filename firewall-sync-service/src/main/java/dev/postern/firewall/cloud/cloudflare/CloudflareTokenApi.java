// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestResponse;

/** Cloudflare's operations that test the token of the call itself. They need no permission. */
@Path("/client/v4")
@Produces(MediaType.APPLICATION_JSON)
public interface CloudflareTokenApi {
    /** The status of a user's token: active, disabled or expired; 200. */
    @GET
    @Path("/user/tokens/verify")
    Uni<RestResponse<byte[]>> verifyOfUser();

    /** The status of a token that an account owns; 200. */
    @GET
    @Path("/accounts/{account}/tokens/verify")
    Uni<RestResponse<byte[]>> verifyOfAccount(@PathParam("account") String account);
}
