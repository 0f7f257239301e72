// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Properties of the delay of an unfinished service. */
class BackoffProperties {
    @Property
    void waitsGrowAndStayWithinTheirBounds(@ForAll @IntRange(min = 0, max = 1_000_000) int attempt, @ForAll @DoubleRange(min = 0, max = 1) double chance) {
        assertThat(Backoff.pending(attempt)).isBetween(Duration.ofMillis(20), Duration.ofSeconds(2)).isLessThanOrEqualTo(Backoff.pending(attempt + 1));
        assertThat(Backoff.failed(attempt, chance)).isBetween(Duration.ofMillis(250), Duration.ofSeconds(36));
        assertThat(Backoff.standing(attempt, chance)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(72));
    }
}
