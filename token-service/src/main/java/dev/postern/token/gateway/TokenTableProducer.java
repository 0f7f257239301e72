package dev.postern.token.gateway;

import dev.postern.token.truth.TokenTable;
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
