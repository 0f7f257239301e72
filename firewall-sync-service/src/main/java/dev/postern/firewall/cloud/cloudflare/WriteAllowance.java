// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import java.time.Duration;
import java.time.Instant;

/**
 * Counts what an account may still write within twelve hours: given out evenly, but for a part that may be used at once. A token bucket; whatever twelve hours
 * are looked at, no more than the limit is used in them. Not safe for several threads.
 */
final class WriteAllowance {
    private static final double HALF_DAY_MILLIS = Duration.ofHours(12).toMillis();
    /** Never used: room for others that write with the same account. */
    private static final double UNUSED = 0.01;

    private final boolean limited;
    private final double atOnceMax;
    private final double perMilli;
    private double left;
    private Instant at = Instant.MIN;

    /**
     * An allowance that nothing was used of.
     *
     * @param perHalfDay how much the provider takes in twelve hours; 0 if it does not limit it
     * @param atOncePart which part of it may be used at once: one in so many
     */
    WriteAllowance(int perHalfDay, int atOncePart) {
        limited = perHalfDay > 0;
        atOnceMax = Math.max(1, (double) perHalfDay / atOncePart);
        perMilli = Math.max(1, perHalfDay * (1 - UNUSED) - atOnceMax) / HALF_DAY_MILLIS;
        left = atOnceMax;
    }

    /** Uses a part, even if less is left: what is owed is waited for afterwards. */
    void use(int count, Instant now) {
        gain(now);
        left -= count;
    }

    /** Returns which part of what may be used at once is left: 1 is all, 0 or less is nothing. */
    double part(Instant now) {
        gain(now);
        return limited ? left / atOnceMax : 1;
    }

    /** Returns how long it takes until something may be used. */
    Duration untilAny(Instant now) {
        gain(now);
        return !limited || left >= 1 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil((1 - left) / perMilli));
    }

    private void gain(Instant now) {
        if (at.isBefore(now)) {
            left = at.equals(Instant.MIN) ? left : Math.min(atOnceMax, left + Duration.between(at, now).toMillis() * perMilli);
            at = now;
        }
    }
}
