// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.edge.Callers;
import dev.postern.edge.Problem;
import dev.postern.token.AccessRequest;
import dev.postern.token.postgres.Stored;
import java.util.Optional;

/**
 * The authenticated caller. Taken once per call, before anything waits.
 *
 * @param subject  the {@code sub} of the access token: what ownership goes by
 * @param operator whether the caller has the role operator
 */
record Viewer(String subject, boolean operator) {
    static Viewer of(Callers callers) {
        return new Viewer(callers.caller().subject(), callers.has(Roles.OPERATOR));
    }

    /** Own requests; an operator sees all. */
    boolean sees(AccessRequest request) {
        return operator || request.asked().ownedBy(subject);
    }

    /** @throws Problem 404 if it does not exist, or belongs to another owner */
    Stored seen(Optional<Stored> found) {
        return found.filter(stored -> sees(stored.request())).orElseThrow(() -> Problem.notFound("access request"));
    }
}
