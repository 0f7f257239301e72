// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.ResourceName;
import dev.postern.token.port.BudgetBook;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Step 6: the account's budget, and the token's part of it, has a call left. 429 with Retry-After; 503 if nobody can count. */
record TakeBudget() {
    /** Charges the call itself. */
    Future<ChargedCall> take(GatewayCall call, AllowedCall allowed) {
        return take(call, allowed.provider(), allowed.verdict().resources()).map(quota -> new ChargedCall(allowed, quota));
    }

    /** Charges one call of the provider: the call itself, a page of a list, a read before a replacement. @return what the token may still spend */
    Future<Optional<BudgetBook.Quota>> take(GatewayCall call, Provider provider, List<ResourceName> resources) {
        return call.onLoop(provider.take(call.grant())).map(taken -> {
            if (taken instanceof BudgetBook.Taken one) {
                return one.quota();
            }
            throw CallRefusal.budget(taken, resources);
        });
    }
}
