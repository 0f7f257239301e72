// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import dev.postern.token.status.TokenTable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The one table of tokens of this replica. */
final class TokenTableProducer {
    @Produces
    @Singleton
    TokenTable table() {
        return new TokenTable();
    }
}
