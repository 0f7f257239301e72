// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private final Reachability reachability = new Reachability();

    @Test
    void nothingIsReachableBeforeTheFirstSuccess() {
        assertThat(reachability.after(false)).isFalse();
        assertThat(reachability.after(true)).isTrue();
    }

    @Test
    void oneLateCheckRefusesNoWrite() {
        reachability.after(true);
        assertThat(reachability.after(false)).isTrue();
        assertThat(reachability.after(true)).isTrue();
        assertThat(reachability.after(false)).as("failures that do not follow each other are not added up").isTrue();
    }

    @Test
    void twoFailedChecksInARowAreAnOutageUntilOneSucceeds() {
        reachability.after(true);
        reachability.after(false);
        assertThat(reachability.after(false)).isFalse();
        assertThat(reachability.after(false)).isFalse();
        assertThat(reachability.after(true)).isTrue();
    }
}
