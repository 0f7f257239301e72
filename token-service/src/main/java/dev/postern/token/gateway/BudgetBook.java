package dev.postern.token.gateway;

import dev.postern.events.AccountName;
import dev.postern.events.TokenId;
import io.vertx.core.Future;
import java.time.Duration;

/** Calls of the accounts' budgets, counted over all replicas: those of one account together never take more than there is. */
public interface BudgetBook {
    /** May the call go on? */
    sealed interface Answer { }

    /** Yes, and it is counted. */
    record Taken() implements Answer { }

    /**
     * No; nothing is counted.
     *
     * @param freeIn how long until it is worth to ask again, at least a second
     */
    record Spent(Duration freeIn) implements Answer { }

    /** Nobody can count now: 503. */
    record Unavailable() implements Answer { }

    /**
     * Takes one call of the token. Never fails.
     *
     * @param perMinute calls of all tokens together in the last minute
     * @param perHour   the same in the last hour
     */
    Future<Answer> take(AccountName account, TokenId token, int perMinute, int perHour);
}
