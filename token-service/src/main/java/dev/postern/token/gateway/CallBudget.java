package dev.postern.token.gateway;

import dev.postern.events.TokenId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one account's provider lets this gateway ask. Of the provider's limits a share is reserved for firewall changes, which another service makes with
 * the same credential; the rest is divided fairly between the tokens that call. A call that does not fit is refused here, before the provider refuses the
 * firewall changes, too. What the provider says is left counts as well: so several replicas, and whoever else uses the account, share one budget.
 *
 * <p>No clock: now is an argument, in milliseconds. For any thread.
 */
final class CallBudget {
    /** A lone token leaves this part of the share to whoever comes next. */
    private static final int NEWCOMERS_PART = 10;
    private static final int TOKENS_MAX = 10_000;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    private final int perMinute;
    private final int perHour;
    private final int reservedOfHour;
    private final Use all = new Use();
    private final Map<TokenId, Use> byToken = new HashMap<>();
    private long providerRemaining = Long.MAX_VALUE;
    private long providerResetMs;
    private long tidiedMs;

    /**
     * @param perMinute       calls that the provider takes in a minute; 0 for no limit
     * @param perHour         calls in an hour; 0 for no limit
     * @param reservedPercent of both, for firewall changes
     */
    CallBudget(int perMinute, int perHour, int reservedPercent) {
        this.perMinute = perMinute == 0 ? Integer.MAX_VALUE : perMinute - perMinute * reservedPercent / 100;
        this.perHour = perHour == 0 ? Integer.MAX_VALUE : perHour - perHour * reservedPercent / 100;
        this.reservedOfHour = perHour * reservedPercent / 100;
    }

    /** Takes one call of the token. Empty if it fits; else how long to wait, and nothing is taken. */
    synchronized Optional<Duration> take(TokenId token, long nowMs) {
        if (perMinute == Integer.MAX_VALUE && perHour == Integer.MAX_VALUE) {
            return Optional.empty();
        }
        tidy(nowMs);
        if (providerRemaining <= reservedOfHour && nowMs < providerResetMs) {
            return waits(Math.min(providerResetMs - nowMs, MINUTE_MS));
        }
        Use own = byToken.get(token);
        if (own == null && byToken.size() >= TOKENS_MAX) {
            return waits(MINUTE_MS);
        }
        int tokens = byToken.size() + (own == null ? 1 : 0);
        if (all.minute.total(nowMs) >= perMinute || own != null && own.minute.total(nowMs) >= part(perMinute, tokens)) {
            return waits(own == null ? all.minute.freeInMs(nowMs) : own.minute.freeInMs(nowMs));
        }
        if (all.hour.total(nowMs) >= perHour || own != null && own.hour.total(nowMs) >= part(perHour, tokens)) {
            return waits(own == null ? all.hour.freeInMs(nowMs) : own.hour.freeInMs(nowMs));
        }
        if (own == null) {
            own = new Use();
            byToken.put(token, own);
        }
        all.add(nowMs);
        own.add(nowMs);
        providerRemaining = Math.max(0, providerRemaining - 1);
        return Optional.empty();
    }

    /** What an answer of the provider said of its hour: calls left, and when (in seconds of the epoch) there are more. */
    synchronized void heard(long remaining, long resetSeconds) {
        providerRemaining = remaining;
        providerResetMs = resetSeconds * 1_000;
    }

    private static int part(int share, int tokens) {
        if (share == Integer.MAX_VALUE) {
            return share;
        }
        return Math.max(1, tokens == 1 ? share - share / NEWCOMERS_PART : share / tokens);
    }

    private static Optional<Duration> waits(long ms) {
        return Optional.of(Duration.ofSeconds(Math.max(1, (ms + 999) / 1_000)));
    }

    /** Tokens that have not called for an hour no longer have a part. */
    private void tidy(long nowMs) {
        if (nowMs - tidiedMs >= MINUTE_MS) {
            tidiedMs = nowMs;
            byToken.values().removeIf(use -> use.hour.total(nowMs) == 0);
        }
    }

    /** One minute in seconds, one hour in minutes. */
    private static final class Use {
        private final SlidingCount minute = new SlidingCount(60, MINUTE_MS / 60);
        private final SlidingCount hour = new SlidingCount(60, HOUR_MS / 60);

        private void add(long nowMs) {
            minute.add(nowMs);
            hour.add(nowMs);
        }
    }
}
