// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.AccessDecided;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.PolicyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The policy decision about a request.
 *
 * @param outcome              granted or denied
 * @param authorizationDetails what is granted; empty when denied
 * @param leftOut              what was asked for and not granted, with the rule that refused it
 * @param validUntil           when the grant ends; empty when denied
 * @param policies             the policies that determined the answer
 * @param policySetVersion     of the policy set that decided
 * @param reasons              in words, for the requester
 * @param decidedAt            when
 */
public record Decision(AccessDecided.Decision outcome, List<AuthorizationDetail> authorizationDetails, List<AccessDecided.LeftOut> leftOut,
                       Optional<Instant> validUntil, List<PolicyId> policies, long policySetVersion, List<String> reasons, Instant decidedAt) {
    /** Copies the lists. */
    public Decision {
        authorizationDetails = List.copyOf(authorizationDetails);
        leftOut = List.copyOf(leftOut);
        policies = List.copyOf(policies);
        reasons = List.copyOf(reasons);
    }

    static Decision of(AccessDecided event) {
        return new Decision(event.outcome(), event.authorizationDetails(), event.leftOut(), event.validUntil(), event.policies(),
            event.policySetVersion(), event.reasons(), event.decidedAt());
    }
}
