// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DriftWatchTest {
    private static final ServiceName SHOP = new ServiceName("shop");
    private static final Instant START = Instant.parse("2026-11-28T10:00:00Z");

    private final DriftWatch watch = new DriftWatch();

    private long after(int seconds, boolean drifted) {
        watch.read(SHOP, drifted, START.plusSeconds(seconds));
        return watch.standing(START.plusSeconds(seconds));
    }

    @Test
    void driftThatIsSeenOnceDoesNotStand() {
        assertThat(after(0, true)).isZero();
        assertThat(after(60, false)).isZero();
        assertThat(watch.standing(START.plusSeconds(400))).isZero();
    }

    @Test
    void driftThatIsSeenAtEveryReadStandsAfterThreeMinutes() {
        assertThat(after(0, true)).isZero();
        assertThat(after(60, true)).isZero();
        assertThat(after(120, true)).isZero();
        assertThat(after(181, true)).isOne();
    }

    @Test
    void driftThatSomebodyMakesAgainStandsThoughReadsBetweenDoNotShowIt() {
        for (int minute = 0; minute < 4; minute++) {
            after(minute * 60, true);
            after(minute * 60 + 5, false);
        }
        assertThat(watch.standing(START.plusSeconds(190))).isOne();
    }

    @Test
    void standingDriftEndsWhenReadsNoLongerShowIt() {
        driftThatIsSeenAtEveryReadStandsAfterThreeMinutes();
        assertThat(after(240, false)).isOne();
        assertThat(after(340, false)).isZero();
        assertThat(after(345, true)).as("begins anew").isZero();
    }
}
