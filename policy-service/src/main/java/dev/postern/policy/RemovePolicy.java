package dev.postern.policy;

import dev.postern.events.Outcome;
import dev.postern.events.PolicyChanged;
import dev.postern.events.PolicyId;
import java.time.Instant;
import java.util.Optional;

/** Takes a policy away. That makes the next version of the set, too. */
public final class RemovePolicy {
    private RemovePolicy() { }

    /** Decides. */
    public static Outcome<PolicyRemoved> decide(PolicyId id, PutPolicy.Locked set, Precondition precondition, String author, Instant now) {
        if (!precondition.allows().test(set.current().map(StoredPolicy::etag))) {
            return Outcome.unchanged(new PolicyRemoved.PreconditionFailed());
        }
        if (set.current().isEmpty()) {
            return Outcome.unchanged(new PolicyRemoved.Unknown());
        }
        long version = set.version() + 1;
        return Outcome.of(new PolicyRemoved.Removed(version), new PolicyChanged(id, version, Optional.empty(), true, author, now));
    }
}
