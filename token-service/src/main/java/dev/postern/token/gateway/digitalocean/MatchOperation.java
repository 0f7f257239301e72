// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.token.operation.Match;
import dev.postern.token.operation.Operations;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Step 2: exactly one operation of the provider has this method and path, and its query can be read. 400, 404, 405. */
record MatchOperation(Operations operations) {
    /** Returns the operation. */
    Future<Match.Found> match(GatewayCall call) {
        Match match = operations.match(call.head().method(), call.head().target().segments());
        if (match instanceof Match.MethodNotAllowed other) {
            return Future.failedFuture(CallRefusal.of(405, "method-not-allowed", "The method is not allowed here.",
                Map.of("allow", String.join(", ", other.allowed()))));
        }
        if (!(match instanceof Match.Found found)) {
            return Future.failedFuture(CallRefusal.of(404, "no-such-operation", ErrorBodies.NOT_FOUND));
        }
        Map<String, List<String>> query = QueryParameters.of(call.head().target().query(), found.operation());
        call.matched(found, query == null ? Map.of() : query);
        return query == null ? Future.failedFuture(CallRefusal.of(400, "duplicate-parameter", "A query parameter stands there twice."))
            : Future.succeededFuture(found);
    }
}
