// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.PolicyChanged;
import dev.postern.events.PolicyId;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Takes a policy away. That makes the next version of the set, too. */
public final class RemovePolicy {
    private RemovePolicy() {}

    /**
     * Decides.
     *
     * @param precondition whether the removal may go on where this is the present entity tag; empty if there is no text under the id
     */
    public static Outcome<PolicyRemoved> decide(PolicyId id, PutPolicy.Locked set, Predicate<Optional<String>> precondition, Actor author,
                                                Instant now) {
        if (!precondition.test(set.current().map(StoredPolicy::etag))) {
            return Outcome.unchanged(new PolicyRemoved.PreconditionFailed());
        }
        if (set.current().isEmpty()) {
            return Outcome.unchanged(new PolicyRemoved.Unknown());
        }
        long version = set.version() + 1;
        return Outcome.of(new PolicyRemoved.Removed(version),
            new PolicyChanged(id, version, Optional.empty(), true, author.subject(), now, Optional.of(author.client())));
    }
}
