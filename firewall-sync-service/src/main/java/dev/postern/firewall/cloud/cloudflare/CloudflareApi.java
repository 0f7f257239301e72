// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

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

/** The operations of Cloudflare's Lists API that this service calls. Every answer is an envelope with {@code success}, {@code errors} and {@code result}. */
@Path("/client/v4/accounts/{account}/rules/lists")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public interface CloudflareApi {
    /** All lists of the account, without their items; 200. */
    @GET
    Uni<RestResponse<byte[]>> lists(@PathParam("account") String account);

    /** One list, without its items; 200, 404. */
    @GET
    @Path("/{id}")
    Uni<RestResponse<byte[]>> list(@PathParam("account") String account, @PathParam("id") String id);

    /** A page of a list's items, by cursor; 200, 404. */
    @GET
    @Path("/{id}/items")
    Uni<RestResponse<byte[]>> items(@PathParam("account") String account, @PathParam("id") String id, @QueryParam("per_page") int perPage,
                                    @QueryParam("cursor") String cursor);

    /** A new list, empty; 200. */
    @POST
    Uni<RestResponse<byte[]>> create(@PathParam("account") String account, byte[] body);

    /** All items of a list, asynchronously: answers with the id of an operation; 429 while another one of the account is pending. */
    @PUT
    @Path("/{id}/items")
    Uni<RestResponse<byte[]>> replaceItems(@PathParam("account") String account, @PathParam("id") String id, byte[] body);

    /** Returns the status of an operation: pending, running, completed, failed; 200. */
    @GET
    @Path("/bulk_operations/{operation}")
    Uni<RestResponse<byte[]>> operation(@PathParam("account") String account, @PathParam("operation") String operation);

    /** A list's end; 200; 400 while a rule refers to it. */
    @DELETE
    @Path("/{id}")
    Uni<RestResponse<byte[]>> delete(@PathParam("account") String account, @PathParam("id") String id);
}
