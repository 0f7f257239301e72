// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * The calls that an account has left, from the provider's headers.
 *
 * @param limit     calls in the provider's period
 * @param remaining calls left
 * @param resetAt   when the oldest call leaves the period; null if not said
 * @param saidAt    when the provider said so; null if it has not
 */
public record CallBudget(OptionalLong limit, OptionalLong remaining, Instant resetAt, Instant saidAt) {
    /** Before the first answer. */
    public static final CallBudget UNKNOWN = new CallBudget(OptionalLong.empty(), OptionalLong.empty(), null, null);
}
