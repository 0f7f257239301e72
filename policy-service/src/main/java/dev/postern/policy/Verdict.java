package dev.postern.policy;

import dev.postern.events.PolicyId;
import java.time.Duration;
import java.util.Set;

/** What the policies say to one entry of a request, and which of them say it. */
sealed interface Verdict {
    /** The policies that determined it; empty where none spoke. */
    Set<PolicyId> policies();

    /**
     * Permitted.
     *
     * @param longest what the best of the permits allows, at most what was asked
     */
    record Permitted(Set<PolicyId> policies, Duration longest) implements Verdict { }

    /** A policy forbids it, whatever permits say. */
    record Forbidden(Set<PolicyId> policies) implements Verdict { }

    /** No policy permits it. */
    record NotPermitted(String action) implements Verdict {
        @Override
        public Set<PolicyId> policies() {
            return Set.of();
        }
    }

    /**
     * Every permit that matched asks for a person first.
     *
     * @param approver the role of that person, by the permit whose id comes first
     */
    record ApprovalNeeded(Set<PolicyId> policies, String approver) implements Verdict { }

    /**
     * Cedar could not evaluate: a policy failed, the request did not fit the schema, or there was no answer. A forbid may be what failed.
     *
     * @param detail Cedar's words, for the log: they may quote the request
     */
    record InError(Set<PolicyId> policies, String detail) implements Verdict { }
}
