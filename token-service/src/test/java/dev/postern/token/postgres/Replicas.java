// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.postgres;

import dev.postern.token.port.BudgetBook;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.status.TokenTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;

/** The parts of an additional replica on the same database. */
public final class Replicas {
    private Replicas() {}

    /** It tells this table what was created, and no other. */
    public static CallJournal journal(Vertx vertx, CallStore store, TokenTable table, MeterRegistry meters) {
        return new PostgresCallJournal(vertx, store, table, meters, Duration.ofMinutes(15));
    }

    /** Limits of grants. */
    public static CallLimits limits(Vertx vertx, Pool pool) {
        return new PostgresCallLimits(vertx, pool);
    }

    /** Budgets of accounts. */
    public static BudgetBook budgets(Vertx vertx, Pool pool) {
        return new PostgresCallBudget(vertx, pool);
    }
}
