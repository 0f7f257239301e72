// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

/**
 * The time of a PostgreSQL answer that contains every change committed before its query began.
 *
 * @param askedNanos  when it was asked for, by this process' monotonic clock
 * @param askedMillis when, by its wall clock: a machine that was suspended has a monotonic clock that stood still
 * @param databaseMillis PostgreSQL's clock when it answered
 */
public record Freshness(long askedNanos, long askedMillis, long databaseMillis) {
    /** A call is answered from memory if the last proof was asked for no longer ago than this. Revocations hold everywhere within this time. */
    public static final long HOLDS_MS = 500;
    private static final long NANOS_PER_MS = 1_000_000;

    /** Returns true while the answer is fresh. */
    public boolean holds(long nowNanos, long nowMillis) {
        return nowNanos - askedNanos <= HOLDS_MS * NANOS_PER_MS && Math.abs(nowMillis - askedMillis) <= HOLDS_MS;
    }

    /**
     * Returns an upper bound of PostgreSQL's clock now, so that no token lives too long. All replicas use that one clock; their own clocks do not
     * matter.
     */
    public long databaseMillisNow(long nowNanos) {
        return databaseMillis + (nowNanos - askedNanos) / NANOS_PER_MS + 1;
    }
}
