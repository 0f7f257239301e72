// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import java.time.Instant;

/**
 * The owner of a request, or an operator, ends it.
 *
 * @param by       the caller
 * @param operator whether the caller has the role operator
 * @param now      when
 */
public record RevokeAccess(Actor by, boolean operator, Instant now) {
    /** Unchanged where the caller may not, and where there is nothing to end any more. */
    public Outcome<AccessRequest> decide(AccessRequest request) {
        return operator || request.asked().ownedBy(by.subject()) ? request.revoke(by, now) : Outcome.unchanged(request);
    }
}
