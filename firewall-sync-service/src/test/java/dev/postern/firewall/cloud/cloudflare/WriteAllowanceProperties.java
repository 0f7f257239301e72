// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Writes allowed within twelve hours. */
class WriteAllowanceProperties {
    private static final Instant START = Instant.parse("2026-11-28T08:00:00Z");

    /** A client that writes at every permitted moment, with pauses in between, stays within the limit in each twelve hours. */
    @Property(tries = 60)
    void noTwelveHoursSeeMoreThanTheLimit(@ForAll @IntRange(min = 400, max = 3_000) int limit, @ForAll @IntRange(min = 4, max = 100) int part,
                                          @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 20 * 3_600) Integer> pauses) {
        WriteAllowance allowance = new WriteAllowance(limit, part);
        Deque<Instant> window = new ArrayDeque<>();
        Instant now = START;
        for (int pause : pauses) {
            now = now.plusSeconds(pause);
            for (int write = 0; write < limit; write++) {
                now = now.plus(allowance.untilAny(now));
                allowance.use(1, now);
                window.addLast(now);
                while (window.peekFirst().isBefore(now.minus(Duration.ofHours(12)))) {
                    window.removeFirst();
                }
                assertThat(window.size()).isLessThanOrEqualTo(limit);
            }
        }
    }

    @Property(tries = 20)
    void unlimitedWritesNeverWait(@ForAll @IntRange(min = 1, max = 100_000) int count) {
        WriteAllowance allowance = new WriteAllowance(0, 100);
        allowance.use(count, START);
        assertThat(allowance.untilAny(START)).isZero();
        assertThat(allowance.part(START)).isEqualTo(1);
    }
}
