// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.PolicyId;
import dev.postern.events.SourceAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The policies' verdict on one entry of a request, with the policies that determined it. */
sealed interface Verdict {
    /** The policies that determined it; empty where none spoke. */
    Set<PolicyId> policies();

    /**
     * Permitted.
     *
     * @param longest what the best of the permits allows, at most what was asked
     */
    record Permitted(Set<PolicyId> policies, Duration longest) implements Verdict {}

    /**
     * A policy forbids it, whatever permits say.
     *
     * @param inPart whether what is forbidden is a part of a wildcard that was asked for
     */
    record Forbidden(Set<PolicyId> policies, boolean inPart) implements Verdict {}

    /**
     * No policy permits it.
     *
     * @param action  what was asked
     * @param source  from where, for an opening
     * @param nearest the permits that nearly matched, and what was missing
     */
    record NotPermitted(String action, Optional<SourceAddress> source, List<String> nearest) implements Verdict {
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
    record ApprovalNeeded(Set<PolicyId> policies, String approver) implements Verdict {}

    /**
     * Cedar could not evaluate: a policy failed, the request did not fit the schema, or there was no answer.
     *
     * @param detail     Cedar's words: they may quote the request
     * @param mayForbid  whether a forbid may be what failed; else permits failed, and no other permits
     */
    record InError(Set<PolicyId> policies, String detail, boolean mayForbid) implements Verdict {}
}
