// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

/**
 * Counts the work of one call, or of one request for access: every step whose number a client chooses draws from it. A unit is about 10 ns on the slowest
 * machine that is supported.
 * Not for use by several threads at once.
 */
public final class Work {
    /** Units of one call: about 50 ms. */
    public static final long UNITS_MAX = 5_000_000;

    private static final long UNITS_OF_REQUEST_MAX = 2_000_000;

    private long left;

    /** A counter with what one call may use. */
    public Work() {
        this(UNITS_MAX);
    }

    /** A counter for the schemas of one request for access: about 20,000 instructions of patterns. */
    public static Work ofRequest() {
        return new Work(UNITS_OF_REQUEST_MAX);
    }

    Work(long units) {
        this.left = units;
    }

    /** Ends the computation: the call has no work left. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Exhausted() {
            super("the call takes more work than one call may", null, false, false);
        }
    }

    /** Takes units before they are used. @throws Exhausted if fewer are left; nothing is left after that */
    void take(long units) {
        left -= units;
        if (left < 0) {
            left = 0;
            throw new Exhausted();
        }
    }

    /** Units that are left. */
    long left() {
        return left;
    }
}
