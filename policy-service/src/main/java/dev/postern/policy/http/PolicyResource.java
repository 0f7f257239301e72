// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.postern.edge.Callers;
import dev.postern.edge.Cursor;
import dev.postern.edge.Preconditions;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import dev.postern.edge.Violation;
import dev.postern.events.Actor;
import dev.postern.events.PolicyId;
import dev.postern.events.Utf8;
import dev.postern.policy.PolicyCheck;
import dev.postern.policy.PolicyFinding;
import dev.postern.policy.PolicyPut;
import dev.postern.policy.PolicyRemoved;
import dev.postern.policy.StoredPolicy;
import dev.postern.policy.postgres.PolicyStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * The policies: each a Cedar text under its own name. Reading is for policy authors, operators and auditors, writing for policy authors, as
 * Keycloak's policies for the resource {@code policies} say.
 */
@Path("/policies")
@Produces(MediaType.APPLICATION_JSON)
public class PolicyResource {
    /** Cedar text as it is written in a file. */
    static final String CEDAR = "application/cedar";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final PolicyStore policies;
    private final Callers callers;
    private final MeterRegistry metrics;

    PolicyResource(PolicyStore policies, Callers callers, MeterRegistry metrics) {
        this.policies = policies;
        this.callers = callers;
        this.metrics = metrics;
    }

    /**
     * A policy as it is answered.
     *
     * @param id        its name
     * @param text      its Cedar text; absent in the list
     * @param version   the version of the policy set that it came with
     * @param etag      for If-Match
     * @param changedBy the {@code sub} of its author
     * @param changedAt when
     * @param warnings  what Cedar finds strange; only where it was just put
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record PolicyView(PolicyId id, String text, long version, String etag, String changedBy, Instant changedAt, List<String> warnings) {
        static PolicyView of(StoredPolicy policy) {
            return new PolicyView(policy.id(), policy.text(), policy.version(), policy.etag(), policy.changedBy(), policy.changedAt(), null);
        }

        PolicyView withoutText() {
            return new PolicyView(id, null, version, etag, changedBy, changedAt, warnings);
        }

        PolicyView with(List<PolicyFinding> findings) {
            return new PolicyView(id, text, version, etag, changedBy, changedAt, findings.stream().map(PolicyFinding::inWords).toList());
        }
    }

    /**
     * Some of the policies.
     *
     * @param items            sorted by id, without their texts
     * @param nextCursor       where the next page starts; absent on the last
     * @param policySetVersion the version of the set
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record PolicyPage(List<PolicyView> items, String nextCursor, long policySetVersion) {}

    /** Lists them. */
    @GET
    public Uni<PolicyPage> list(@Context UriInfo uri) {
        Query query = Query.of(uri, "cursor", "limit");
        int limit = query.limit();
        return policies.list(query.cursor().map(Cursor::id).orElse(""), limit + 1).map(listed -> {
            List<PolicyView> items = listed.policies().stream().limit(limit).map(policy -> PolicyView.of(policy).withoutText()).toList();
            String next = listed.policies().size() > limit ? Cursor.of(0, items.get(limit - 1).id().toString()).encode() : null;
            return new PolicyPage(items, next, listed.version());
        });
    }

    /** One of them. */
    @GET
    @Path("/{id}")
    public Uni<Response> get(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_NONE_MATCH) List<String> ifNoneMatch, @Context UriInfo uri) {
        Query.of(uri);
        PolicyId policy = known(id);
        Preconditions preconditions = Preconditions.of(List.of(), ifNoneMatch);
        return policies.find(policy).map(found -> found.map(stored -> {
            if (preconditions.known(found.map(StoredPolicy::etag))) {
                return Response.notModified().header(HttpHeaders.ETAG, stored.etag()).build();
            }
            return answer(Response.Status.OK, PolicyView.of(stored));
        }).orElseThrow(() -> Problem.notFound("policy")));
    }

    /** Puts one. */
    @PUT
    @Path("/{id}")
    @Consumes({MediaType.TEXT_PLAIN, CEDAR})
    public Uni<Response> put(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) List<String> ifMatch,
                             @HeaderParam(HttpHeaders.IF_NONE_MATCH) List<String> ifNoneMatch, @Context HttpHeaders headers, @Context UriInfo uri,
                             byte[] body) {
        Query.of(uri);
        checkCharset(headers.getMediaType());
        PolicyId policy = id(id);
        Preconditions preconditions = Preconditions.of(ifMatch, ifNoneMatch);
        Actor author = Actor.of(callers.caller());
        String text = decoded(body);
        return policies.check(policy, text).onFailure(PolicyResource::busy).transform(busy -> new Problem(503, "busy",
            "other policies are being checked; put it again in some seconds").retryAfter(RETRY_AFTER)).chain(check -> {
                if (check instanceof PolicyCheck.Unsound unsound) {
                    throw unsound(unsound.findings());
                }
                return policies.put(policy, text, preconditions, author, now())
                    .map(put -> answer(put, ((PolicyCheck.Sound) check).warnings(), uri));
            });
    }

    /** Takes one away. */
    @DELETE
    @Path("/{id}")
    public Uni<Response> delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) List<String> ifMatch,
                                @HeaderParam(HttpHeaders.IF_NONE_MATCH) List<String> ifNoneMatch, @Context UriInfo uri) {
        Query.of(uri);
        return policies.remove(known(id), Preconditions.of(ifMatch, ifNoneMatch), Actor.of(callers.caller()), now()).map(removed -> {
            if (removed instanceof PolicyRemoved.PreconditionFailed) {
                throw preconditionFailed();
            }
            if (removed instanceof PolicyRemoved.Unknown) {
                throw Problem.notFound("policy");
            }
            changed("removed");
            return Response.noContent().build();
        });
    }

    private Response answer(PolicyPut put, List<PolicyFinding> warnings, UriInfo uri) {
        if (put instanceof PolicyPut.PreconditionFailed) {
            throw preconditionFailed();
        }
        if (put instanceof PolicyPut.PreconditionRequired) {
            throw new Problem(428, "precondition-required",
                "there is another text under this id: send If-Match with the ETag of the text that is to be replaced, or If-Match: * for whatever is there");
        }
        if (put instanceof PolicyPut.TooLong tooLong) {
            throw Problem.conflict("policies-too-long", "the texts of all policies have at most " + tooLong.bytesMax() + " bytes together");
        }
        if (put instanceof PolicyPut.TooMany tooMany) {
            throw Problem.conflict("too-many-policies", "there are " + tooMany.policiesMax() + " policies, which is the most there can be");
        }
        if (put instanceof PolicyPut.Created created) {
            changed("created");
            return Response.fromResponse(answer(Response.Status.CREATED, PolicyView.of(created.policy()).with(warnings)))
                .location(URI.create(uri.getRequestUri().getRawPath())).build();
        }
        if (put instanceof PolicyPut.Replaced replaced) {
            changed("replaced");
            return answer(Response.Status.OK, PolicyView.of(replaced.policy()).with(warnings));
        }
        return answer(Response.Status.OK, PolicyView.of(((PolicyPut.Unchanged) put).policy()).with(warnings));
    }

    private static Response answer(Response.Status status, PolicyView view) {
        return Response.status(status).header(HttpHeaders.ETAG, view.etag()).entity(view).build();
    }

    private void changed(String change) {
        metrics.counter("postern_policies_changed", "change", change).increment();
    }

    private static Problem unsound(List<PolicyFinding> findings) {
        return Problem.badRequest("invalid-policy", "", findings.get(0).inWords())
            .with(findings.stream().map(finding -> new Violation("", finding.rule(), finding.inWords())).toList());
    }

    private static Problem preconditionFailed() {
        return new Problem(412, "precondition-failed", "the policy is not in the state that If-Match or If-None-Match names");
    }

    /** A name that cannot be one names nothing. */
    private static PolicyId known(String id) {
        try {
            return new PolicyId(id);
        } catch (IllegalArgumentException impossible) {
            throw Problem.notFound("policy");
        }
    }

    private static PolicyId id(String id) {
        try {
            return new PolicyId(id);
        } catch (IllegalArgumentException impossible) {
            throw Problem.badRequest("invalid-id", "", "the id of a policy " + impossible.getMessage());
        }
    }

    private static void checkCharset(MediaType type) {
        String charset = type == null ? null : type.getParameters().get(MediaType.CHARSET_PARAMETER);
        if (charset != null && !charset.equalsIgnoreCase("utf-8") && !charset.equalsIgnoreCase("us-ascii")) {
            throw new Problem(415, "unsupported-charset", "the text must be UTF-8");
        }
    }

    private static String decoded(byte[] body) {
        if (body == null || body.length == 0) {
            throw Problem.badRequest("empty-body", "", "a Cedar policy is expected");
        }
        try {
            return Utf8.decode(body);
        } catch (CharacterCodingException notUtf8) {
            throw Problem.badRequest("not-utf8", "", "the text must be UTF-8");
        }
    }

    private static boolean busy(Throwable failure) {
        return failure instanceof RejectedExecutionException || failure instanceof TimeoutException;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
