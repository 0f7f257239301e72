// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.TokenId;
import dev.postern.token.port.BudgetBook;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gateway's call budget of one account. A share of the provider's limits is reserved for firewall changes, which another service makes with the
 * same credential. The {@link BudgetBook} does the counting. This class keeps what needs no counting: the remaining calls from the provider's last
 * answer, which other users of the account lower too, and a cache of recent refusals, so that a client that ignores Retry-After costs no query.
 *
 * <p>No clock: now is an argument, in milliseconds. For any thread.
 */
final class CallBudget {
    /** Maximum time in ms that a refusal is cached; capacity may free up earlier than predicted, as tokens come and go. */
    private static final long REMEMBERED_MS = 2_000;
    private static final int REMEMBERED_MAX = 10_000;
    private static final long MINUTE_MS = 60_000;

    private final int perMinute;
    private final int perHour;
    private final int reservedOfHour;
    private final Map<TokenId, Refused> refused = new HashMap<>();
    private long providerRemaining = Long.MAX_VALUE;
    private long providerResetMs;

    private record Refused(long askAgainMs, long freeMs, boolean ownPart, Optional<BudgetBook.Quota> quota) {}

    /**
     * @param perMinute       calls that the provider takes in a minute; 0 for no limit
     * @param perHour         calls in an hour; 0 for no limit
     * @param reservedPercent of both, for firewall changes
     */
    CallBudget(int perMinute, int perHour, int reservedPercent) {
        this.perMinute = perMinute == 0 ? Integer.MAX_VALUE : (int) (perMinute - (long) perMinute * reservedPercent / 100);
        this.perHour = perHour == 0 ? Integer.MAX_VALUE : (int) (perHour - (long) perHour * reservedPercent / 100);
        this.reservedOfHour = perHour == 0 ? 0 : perHour - this.perHour;
    }

    /** Returns true if no limit is set. */
    boolean unlimited() {
        return perMinute == Integer.MAX_VALUE && perHour == Integer.MAX_VALUE;
    }

    /** Calls in a minute, for all tokens. */
    int perMinute() {
        return perMinute;
    }

    /** Calls in an hour, for all tokens. */
    int perHour() {
        return perHour;
    }

    /** Returns the known wait of the token; empty if the book must be queried. */
    Optional<Duration> mustWait(TokenId token, long nowMs) {
        return refusal(token, nowMs).map(BudgetBook.Spent::freeIn);
    }

    /** Returns the refusal that is known without asking; empty if the book is to be asked. */
    synchronized Optional<BudgetBook.Spent> refusal(TokenId token, long nowMs) {
        if (providerRemaining <= reservedOfHour && nowMs < providerResetMs) {
            return Optional.of(new BudgetBook.Spent(seconds(Math.min(providerResetMs - nowMs, MINUTE_MS))));
        }
        return Optional.ofNullable(refused.get(token)).filter(one -> nowMs < one.askAgainMs())
            .map(one -> new BudgetBook.Spent(seconds(one.freeMs() - nowMs), one.ownPart(), one.quota()));
    }

    /** A call was taken: the provider has one less, until it says how many. */
    synchronized void taken(TokenId token) {
        refused.remove(token);
        providerRemaining = Math.max(0, providerRemaining - 1);
    }

    /** The book has no call for the token until this has passed. */
    void spent(TokenId token, Duration wait, long nowMs) {
        spent(token, new BudgetBook.Spent(wait), nowMs);
    }

    /** The book refused a call of the token. */
    synchronized void spent(TokenId token, BudgetBook.Spent spent, long nowMs) {
        Duration wait = spent.freeIn();
        if (refused.size() >= REMEMBERED_MAX) {
            refused.values().removeIf(one -> one.askAgainMs() <= nowMs);
        }
        if (refused.size() < REMEMBERED_MAX) {
            refused.put(token, new Refused(nowMs + Math.min(REMEMBERED_MS, wait.toMillis()), nowMs + wait.toMillis(), spent.ownPart(), spent.quota()));
        }
    }

    /** Records the rate limit of a provider answer: calls left, and the reset time in epoch seconds. */
    synchronized void heard(long remaining, long resetSeconds) {
        providerRemaining = remaining;
        providerResetMs = resetSeconds * 1_000;
    }

    private static Duration seconds(long ms) {
        return Duration.ofSeconds(Math.max(1, (ms + 999) / 1_000));
    }
}
