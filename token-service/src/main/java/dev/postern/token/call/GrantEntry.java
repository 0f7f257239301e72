// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.ResourceTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One {@code digitalocean_api} entry of a grant, compiled. Its index is its place in the token's {@code authorization_details}: limits are
 * counted, and what it created is kept, under (grant, index).
 */
public final class GrantEntry {
    private static final Set<String> PAGING = Set.of("page", "per_page");

    private final int index;
    private final DigitalOceanApi detail;
    private final ResourceName identifier;
    private final Set<String> scopes;
    private final Constraints constraints;
    private final Optional<BodySchema> bodySchema;

    /** Compiles it. @throws IllegalArgumentException if its body_schema cannot be used */
    GrantEntry(int index, DigitalOceanApi detail) {
        this.index = index;
        this.detail = detail;
        this.identifier = ResourceTypes.canonical(detail.identifier());
        this.scopes = Set.copyOf(detail.actions());
        this.constraints = detail.constraints().orElse(Constraints.NONE);
        this.bodySchema = constraints.bodySchema().map(BodySchema::compile);
    }

    /** Its place in the token's {@code authorization_details}, from 0. */
    public int index() {
        return index;
    }

    /** Returns the granted authorization detail. */
    public DigitalOceanApi detail() {
        return detail;
    }

    /** Calls in all, over all replicas; empty for no limit. */
    public Optional<Integer> maxCalls() {
        return constraints.maxCalls();
    }

    /** Calls in each minute of the clock, over all replicas; empty for no limit. */
    public Optional<Integer> maxCallsPerMinute() {
        return constraints.maxCallsPerMinute();
    }

    /** Returns true if {@code *} covers only the resources that the grant itself creates. */
    public boolean ownCreated() {
        return constraints.ownCreated().orElse(false);
    }

    /** Returns whether credentials may be handed out that live longer than the grant. */
    boolean outlives() {
        return constraints.outlives().orElse(false);
    }

    /** Returns true if calls must be counted. */
    boolean limited() {
        return maxCalls().isPresent() || maxCallsPerMinute().isPresent();
    }

    ResourceName identifier() {
        return identifier;
    }

    Set<String> scopes() {
        return scopes;
    }

    boolean hasOneOf(List<String> alternatives) {
        for (String scope : alternatives) {
            if (scopes.contains(scope)) {
                return true;
            }
        }
        return false;
    }

    /** The constraint that does not hold for a call, by its member, and where the body fails a schema; empty if all hold. @param work of the call */
    Optional<String> broken(ApiCall call, Work work) {
        boolean head = "HEAD".equals(call.method());
        if (constraints.methods().map(methods -> !methods.contains(call.method()) && !(head && methods.contains("GET"))).orElse(false)) {
            return Optional.of("methods");
        }
        if (constraints.clientAddresses().map(all -> all.stream().noneMatch(block -> block.contains(call.clientAddress()))).orElse(false)) {
            return Optional.of("client_addresses");
        }
        if (constraints.query().map(query -> !fits(call, query)).orElse(false)) {
            return Optional.of("query");
        }
        if (call.operation().handsOutLastingCredential() && !outlives()) {
            return Optional.of("outlives");
        }
        return call.operation().takesBody() ? bodySchema.flatMap(schema -> broken(schema, call, work)) : Optional.empty();
    }

    private static Optional<String> broken(BodySchema schema, ApiCall call, Work work) {
        return call.body().isEmpty() ? Optional.of("body_schema")
            : schema.violation(call.body().get(), work).map(violation -> "body_schema (" + violation + ")");
    }

    private static boolean fits(ApiCall call, Map<String, List<String>> allowed) {
        for (Map.Entry<String, List<String>> given : call.query().entrySet()) {
            List<String> values = allowed.get(given.getKey());
            if (values == null ? !PAGING.contains(given.getKey()) : !values.containsAll(given.getValue())) {
                return false;
            }
        }
        for (String parameter : allowed.keySet()) {
            if (call.operation().query().contains(parameter) && call.query().getOrDefault(parameter, List.of()).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
