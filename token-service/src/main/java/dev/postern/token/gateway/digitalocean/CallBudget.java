package dev.postern.token.gateway.digitalocean;

import dev.postern.events.TokenId;
import dev.postern.token.port.BudgetBook;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one account's provider lets the gateways ask: of its limits a share is reserved for firewall changes, which another service makes with the same
 * credential. The rest is counted in the {@link BudgetBook}; here is what needs no counting: what the provider itself said is left, which whoever else uses
 * the account lowers too, and who was told a moment ago to wait, so that those who do not listen cost nobody a question.
 *
 * <p>No clock: now is an argument, in milliseconds. For any thread.
 */
final class CallBudget {
    /** What is free may be so sooner than was said, as tokens come and go: so long nobody asks again. */
    private static final long REMEMBERED_MS = 2_000;
    private static final int REMEMBERED_MAX = 10_000;
    private static final long MINUTE_MS = 60_000;

    private final int perMinute;
    private final int perHour;
    private final int reservedOfHour;
    private final Map<TokenId, Refused> refused = new HashMap<>();
    private long providerRemaining = Long.MAX_VALUE;
    private long providerResetMs;

    private record Refused(long askAgainMs, long freeMs, boolean ownPart, Optional<BudgetBook.Quota> quota) { }

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

    /** Whether there is nothing to count. */
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

    /** How long the token must wait, as far as is known without asking; empty if the book is to be asked. */
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

    /** What an answer of the provider said of its hour: calls left, and when (in seconds of the epoch) there are more. */
    synchronized void heard(long remaining, long resetSeconds) {
        providerRemaining = remaining;
        providerResetMs = resetSeconds * 1_000;
    }

    private static Duration seconds(long ms) {
        return Duration.ofSeconds(Math.max(1, (ms + 999) / 1_000));
    }
}
