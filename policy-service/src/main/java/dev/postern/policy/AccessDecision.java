// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.AccessDecided;
import dev.postern.events.PolicyId;
import java.util.List;
import java.util.Set;

/**
 * A decided request. It is final: the same request is never decided again.
 *
 * @param decided the event that is published
 * @param faults  what went wrong on the way, for operators
 */
public record AccessDecision(AccessDecided decided, List<Fault> faults) {
    /** Copies the list. */
    public AccessDecision {
        faults = List.copyOf(faults);
    }

    /**
     * An entry that could not be evaluated, and was refused for it.
     *
     * @param policies the policies that failed; empty where Cedar named none
     * @param detail   in Cedar's words
     */
    public record Fault(Set<PolicyId> policies, String detail) {}
}
