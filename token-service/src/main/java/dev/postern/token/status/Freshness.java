package dev.postern.token.status;

/**
 * What makes memory fresh: an answer of PostgreSQL that tells of every change that was committed before it was asked for.
 *
 * @param askedNanos  when it was asked for, by this process' monotonic clock
 * @param askedMillis when, by its wall clock: a machine that was suspended has a monotonic clock that stood still
 * @param databaseMillis PostgreSQL's clock when it answered
 */
public record Freshness(long askedNanos, long askedMillis, long databaseMillis) {
    /** A call is answered from memory if the last proof was asked for no longer ago than this. Revocations hold everywhere within this time. */
    public static final long HOLDS_MS = 500;
    private static final long NANOS_PER_MS = 1_000_000;

    /** Whether it still proves anything. */
    public boolean holds(long nowNanos, long nowMillis) {
        return nowNanos - askedNanos <= HOLDS_MS * NANOS_PER_MS && Math.abs(nowMillis - askedMillis) <= HOLDS_MS;
    }

    /**
     * What PostgreSQL's clock shows now, or somewhat more: never less, so that nothing lives too long. All replicas go by that one clock; how well
     * their own are set does not matter.
     */
    public long databaseMillisNow(long nowNanos) {
        return databaseMillis + (nowNanos - askedNanos) / NANOS_PER_MS + 1;
    }
}
