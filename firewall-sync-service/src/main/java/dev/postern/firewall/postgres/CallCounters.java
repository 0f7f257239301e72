// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import dev.postern.events.AccountName;
import dev.postern.events.ServiceName;
import dev.postern.firewall.budget.CallUse;
import dev.postern.firewall.budget.CallUseStore;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Counters of provider calls in PostgreSQL. Times are the database's, so that no process's clock decides. */
@ApplicationScoped
public class CallCounters implements CallUseStore {
    /** A crash of PostgreSQL loses only a moment's count, so no access should wait for the disk because of it. */
    private static final String RESERVE = """
        with relaxed as (select set_config('synchronous_commit', 'off', true)), mine as (
            insert into provider_call (account, slot, service, calls)
            values ($1, date_bin('5 seconds', now(), timestamptz '2000-01-01'), $2, $3)
            on conflict (account, slot, service) do update set calls = provider_call.calls + excluded.calls)
        select coalesce(sum(calls) filter (where slot > now() - interval '65 seconds'), 0), coalesce(sum(calls), 0),
            coalesce(sum(calls) filter (where service = $2 and slot > now() - interval '65 seconds'), 0),
            coalesce(sum(calls) filter (where service = $2), 0),
            count(distinct service) filter (where service <> $2 and calls > 0 and slot > now() - interval '65 seconds'),
            count(distinct service) filter (where service <> $2 and calls > 0)
        from provider_call, relaxed where account = $1 and slot > now() - make_interval(secs => $4)""";
    private static final String GIVE_BACK = """
        update provider_call set calls = greatest(0, calls - $3) where account = $1 and service = $2
            and slot = (select max(slot) from provider_call where account = $1 and service = $2)""";
    private static final String FORGET = "delete from provider_call where slot < now() - interval '4000 seconds'";

    private static final Duration SLOT = Duration.ofSeconds(5);

    private final Pool pool;

    CallCounters(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<CallUse> reserve(AccountName account, ServiceName service, int calls, Duration period) {
        return pool.preparedQuery(RESERVE).execute(Tuple.of(account.toString(), service.toString(), calls, period.plus(SLOT).toSeconds() * 1.0)).map(rows -> {
            Row row = rows.iterator().next();
            return new CallUse(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4).intValue() + 1, row.getLong(5).intValue() + 1);
        });
    }

    @Override
    public Uni<Void> giveBack(AccountName account, ServiceName service, int calls) {
        return pool.preparedQuery(GIVE_BACK).execute(Tuple.of(account.toString(), service.toString(), calls)).replaceWithVoid();
    }

    /** Deletes expired counters. */
    public Uni<Void> forget() {
        return pool.query(FORGET).execute().replaceWithVoid();
    }
}
