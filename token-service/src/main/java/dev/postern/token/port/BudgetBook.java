// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.port;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** Calls of the accounts' budgets, counted over all replicas: those of one account together never take more than there is. */
public interface BudgetBook {
    /** May the call go on? */
    sealed interface Answer {}

    /**
     * The parties that share the budget: each owner gets a part of it, and each request a part of its owner's.
     *
     * @param owner   subject of the requester
     * @param request the grant; a rotated token has the part of the one before it
     */
    record Sharer(String owner, AccessRequestId request) {}

    /**
     * The sharer's part of the hourly budget, as in {@code ratelimit-*} headers.
     *
     * @param limit     calls that it may make in an hour, those that it made included
     * @param remaining calls that it may still make
     * @param resetAt   when its oldest call no longer counts, in seconds of the epoch
     */
    record Quota(long limit, long remaining, long resetAt) {}

    /**
     * Yes, and it is counted.
     *
     * @param quota after this call; empty where nothing is counted by the hour
     */
    record Taken(Optional<Quota> quota) implements Answer {
        /** Creates an answer without a quota. */
        public Taken() {
            this(Optional.empty());
        }
    }

    /**
     * No; nothing is counted.
     *
     * @param freeIn  how long until it is worth to ask again, at least a second
     * @param ownPart whether the sharer's part is used up while the account has calls left
     * @param quota   as for Taken
     */
    record Spent(Duration freeIn, boolean ownPart, Optional<Quota> quota) implements Answer {
        /** The account's calls are used up. */
        public Spent(Duration freeIn) {
            this(freeIn, false, Optional.empty());
        }
    }

    /** Nobody can count now: 503. */
    record Unavailable() implements Answer {}

    /**
     * Takes one call of the sharer. Never fails.
     *
     * @param perMinute calls of all together in the last minute
     * @param perHour   the same in the last hour
     */
    Future<Answer> take(AccountName account, Sharer sharer, int perMinute, int perHour);
}
