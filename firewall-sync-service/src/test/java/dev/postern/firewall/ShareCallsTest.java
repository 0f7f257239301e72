package dev.postern.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.firewall.ShareCalls.Urgency;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may call when a budget runs short; and what may be taken out without a reason. */
class ShareCallsTest {
    private static final ShareCalls SHARE = ShareCalls.DIGITALOCEAN;

    @Test
    void aQuietAccountLetsEverybodyCall() {
        for (Urgency urgency : Urgency.values()) {
            assertThat(SHARE.waitFor(CallUse.NONE, urgency, OptionalLong.empty(), 4)).isEmpty();
        }
    }

    @Test
    void whatClosesMayUseWhatOthersLeave() {
        CallUse use = new CallUse(220, 1_000, 0, 0, 1, 1);
        assertThat(SHARE.waitFor(use, Urgency.CLOSING, OptionalLong.empty(), 4)).isEmpty();
        assertThat(SHARE.waitFor(use, Urgency.OPENING, OptionalLong.empty(), 4)).isPresent();
        assertThat(SHARE.waitFor(new CallUse(180, 1_000, 0, 0, 1, 1), Urgency.OPENING, OptionalLong.empty(), 4)).isEmpty();
        assertThat(SHARE.waitFor(new CallUse(180, 1_000, 0, 0, 1, 1), Urgency.CHECK, OptionalLong.empty(), 4)).isPresent();
    }

    @Test
    void aServiceThatHadItsShareWaitsWhileAnotherMayCall() {
        assertThat(SHARE.waitFor(new CallUse(150, 1_000, 140, 500, 3, 3), Urgency.OPENING, OptionalLong.empty(), 4)).isPresent();
        assertThat(SHARE.waitFor(new CallUse(150, 1_000, 10, 100, 3, 3), Urgency.OPENING, OptionalLong.empty(), 4)).isEmpty();
    }

    @Test
    void nobodyCallsBeyondEitherLimitEvenToClose() {
        assertThat(SHARE.waitFor(new CallUse(234, 1_000, 0, 0, 1, 1), Urgency.CLOSING, OptionalLong.empty(), 4)).isPresent();
        assertThat(SHARE.waitFor(new CallUse(10, 4_699, 0, 0, 1, 1), Urgency.CLOSING, OptionalLong.empty(), 4)).isPresent();
    }

    @Test
    void whatOthersUsedWithTheSameCredentialCounts() {
        assertThat(SHARE.waitFor(CallUse.NONE, Urgency.OPENING, OptionalLong.of(40), 4)).isPresent();
    }

    @Test
    void changesGatherLongerTheShorterTheHourRuns() {
        assertThat(SHARE.spacing(new CallUse(4, 10, 4, 10, 1, 1))).isEqualTo(Duration.ZERO);
        Duration burst = SHARE.spacing(new CallUse(30, 100, 30, 100, 3, 3));
        assertThat(burst).isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(2));
        Duration tight = SHARE.spacing(new CallUse(80, 4_000, 8, 400, 10, 10));
        assertThat(tight).isGreaterThan(Duration.ofSeconds(10)).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(tight.toMillis() % burst.toMillis()).as("all services change at the same moments").isZero();
    }

    @Test
    void aLargeShareWithoutAReasonIsRefusedAndALittleIsNot() {
        LimitRemovals limit = new LimitRemovals(0.2, 20);
        assertThat(limit.refuses(20, 20)).isFalse();
        assertThat(limit.refuses(21, 40)).isTrue();
        assertThat(limit.refuses(21, 1_000)).isFalse();
        assertThat(limit.refuses(201, 1_000)).isTrue();
    }

    @Test
    void whatALiveOpeningTellsOfIsExplained() {
        Access one = Examples.tcp(5432, "203.0.113.7");
        Access other = Examples.tcp(5432, "203.0.113.8");
        Opening closing = new Opening.Closing(Examples.granted(one), Examples.NOW, java.util.Optional.of("revoked"));
        assertThat(LimitRemovals.unexplained(List.of(Examples.shown("a", "postern-shop-db-1", Set.of(one, other))), List.of(closing))).containsExactly(other);
    }
}
