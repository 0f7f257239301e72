// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.LATER;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.granted;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.FirewallChanged.OpeningState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Walks every state of an opening, so that none is forgotten. */
class EveryOpening {
    private static final Opening.Granted GRANTED = granted(tcp(5432, "203.0.113.7"));

    private static List<Opening> every() {
        List<Opening> all = Arrays.stream(OpeningState.values()).map(state -> Opening.of(GRANTED, state, NOW, Optional.of("why"))).toList();
        assertThat(all.stream().<Class<?>>map(Opening::getClass).toList()).containsExactlyInAnyOrder(Opening.class.getPermittedSubclasses());
        return all;
    }

    @Test
    void everyStateIsReadBackAsItWasWritten() {
        assertThat(every()).extracting(Opening::state).containsExactly(OpeningState.values());
        every().forEach(opening -> assertThat(Opening.of(opening.granted(), opening.state(), opening.since(), opening.detail())).isEqualTo(opening));
    }

    @Test
    void anEndIsFinalForEveryState() {
        for (Opening opening : every()) {
            Opening ended = opening.onEnded("revoked", LATER);
            assertThat(ended.wanted(NOW)).as("%s", opening).isFalse();
            assertThat(ended.onShown(LATER).wanted(NOW)).as("%s shown", opening).isFalse();
            assertThat(ended.onGone(LATER).wanted(NOW)).as("%s gone", opening).isFalse();
            assertThat(ended.onEnded("again", LATER.plusSeconds(1))).isEqualTo(ended);
        }
    }

    @Test
    void onlyWhatTheProviderShowsMakesOpenOrClosed() {
        for (Opening opening : every()) {
            assertThat(opening.onEnded("revoked", LATER)).isNotInstanceOf(Opening.Open.class)
                .satisfies(ended -> assertThat(ended instanceof Opening.Closed).isEqualTo(opening instanceof Opening.Closed));
        }
        assertThat(new Opening.Awaited(GRANTED, NOW, Optional.empty()).onShown(LATER)).isEqualTo(new Opening.Open(GRANTED, LATER));
        assertThat(new Opening.Closing(GRANTED, NOW, Optional.of("expired")).onGone(LATER))
            .isEqualTo(new Opening.Closed(GRANTED, LATER, Optional.of("expired")));
    }

    @Test
    void nothingIsWantedPastItsEnd() {
        every().forEach(opening -> assertThat(opening.wanted(LATER)).as("%s", opening).isFalse());
    }

    @Test
    void finalStatesAnswerEverythingWithThemselves() {
        every().stream().filter(opening -> !opening.live()).forEach(last -> {
            assertThat(last.onShown(LATER)).isSameAs(last);
            assertThat(last.onGone(LATER)).isSameAs(last);
            assertThat(last.onEnded("again", LATER)).isSameAs(last);
        });
    }

    @Test
    void anOpeningThatIsLostIsAwaitedAgain() {
        assertThat(new Opening.Open(GRANTED, NOW).onGone(LATER)).isInstanceOf(Opening.Awaited.class).extracting(Opening::since).isEqualTo(LATER);
    }
}
