// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.firewall.accounts.AccountMemory;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Stores the provider's account id of each configured account. */
@ApplicationScoped
public class IdentityStore implements AccountMemory {
    private static final String REMEMBER = "insert into account_identity (account, identity) values ($1, $2) on conflict (account) do nothing";
    private static final String REMEMBERED = "select identity from account_identity where account = $1";

    private final Pool pool;

    IdentityStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<String> rememberedOr(AccountName account, String identity) {
        return pool.preparedQuery(REMEMBER).execute(Tuple.of(account.toString(), identity)).chain(() -> remembered(account)).map(Optional::orElseThrow);
    }

    @Override
    public Uni<Optional<String>> remembered(AccountName account) {
        return pool.preparedQuery(REMEMBERED).execute(Tuple.of(account.toString()))
            .map(rows -> rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next().getString(0)));
    }
}
