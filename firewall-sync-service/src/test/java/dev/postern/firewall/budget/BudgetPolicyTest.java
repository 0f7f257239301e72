// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.firewall.Examples;
import dev.postern.firewall.LimitRemovals;
import dev.postern.firewall.Opening;
import dev.postern.firewall.budget.BudgetPolicy.Pace;
import dev.postern.firewall.budget.BudgetPolicy.State;
import dev.postern.firewall.budget.BudgetPolicy.Urgency;
import dev.postern.firewall.plan.Access;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Cases of a short budget: permitted calls, spacing of changes, and removals without a reason. */
class BudgetPolicyTest {
    private static final BudgetPolicy SHARE = BudgetPolicy.DIGITALOCEAN;
    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");

    @Test
    void quietAccountLetsEveryPurposeCall() {
        for (Urgency urgency : Urgency.values()) {
            assertThat(wait(CallUse.NONE, urgency)).isEmpty();
        }
    }

    @Test
    void closingsMayUseWhatOpeningsAndChecksLeaveOfTheMinute() {
        assertThat(wait(new CallUse(220, 1_000, 0, 0, 1, 1), Urgency.CLOSING)).isEmpty();
        assertThat(wait(new CallUse(220, 1_000, 0, 0, 1, 1), Urgency.OPENING)).isPresent();
        assertThat(wait(new CallUse(180, 1_000, 0, 0, 1, 1), Urgency.OPENING)).isEmpty();
        assertThat(wait(new CallUse(180, 1_000, 0, 0, 1, 1), Urgency.CHECK)).isPresent();
    }

    @Test
    void openingsNeverTouchTheReserveOfClosingsWhichGrowsWithThem() {
        CallUse short700 = new CallUse(0, 4_000, 0, 0, 1, 1);
        assertThat(SHARE.waitFor(new State(short700, OptionalDouble.empty(), 0), Urgency.OPENING, 4)).as("470 are kept of 700").isEmpty();
        assertThat(SHARE.waitFor(new State(short700, OptionalDouble.empty(), 900), Urgency.OPENING, 4)).as("900 are kept of 700").isPresent();
        assertThat(SHARE.waitFor(new State(short700, OptionalDouble.empty(), 900), Urgency.CLOSING, 4)).isEmpty();
        assertThat(SHARE.reserve(2_500)).as("never more than a fifth").isEqualTo(940);
    }

    @Test
    void serviceThatHadItsShareWaitsWithOpeningsWhileAnotherMayCall() {
        assertThat(wait(new CallUse(185, 1_000, 140, 500, 3, 3), Urgency.OPENING)).isPresent();
        assertThat(wait(new CallUse(185, 1_000, 10, 100, 3, 3), Urgency.OPENING)).isEmpty();
    }

    @Test
    void serviceThatAloneIsBusyIsNotHeldToTheShareOfThoseThatAreNot() {
        assertThat(wait(new CallUse(20, 3_000, 20, 2_900, 1, 100), Urgency.OPENING)).isEmpty();
        assertThat(wait(new CallUse(20, 4_600, 20, 4_500, 1, 100), Urgency.CLOSING)).isEmpty();
    }

    @Test
    void nothingCallsBeyondEitherLimitEvenToClose() {
        assertThat(wait(new CallUse(234, 1_000, 0, 0, 1, 1), Urgency.CLOSING)).isPresent();
        assertThat(wait(new CallUse(10, 4_699, 0, 0, 1, 1), Urgency.CLOSING)).isPresent();
    }

    @Test
    void providersOwnNumberOutweighsTheCount() {
        assertThat(SHARE.waitFor(new State(CallUse.NONE, OptionalDouble.of(40), 0), Urgency.OPENING, 4)).as("others use the credential").isPresent();
        CallUse all = new CallUse(10, 1_200, 0, 0, 1, 1);
        assertThat(BudgetPolicy.CLOUDFLARE.waitFor(new State(all, OptionalDouble.of(1_001), 0), Urgency.OPENING, 4)).as("1,001 of 1,200 left").isEmpty();
        assertThat(BudgetPolicy.CLOUDFLARE.waitFor(new State(all, OptionalDouble.empty(), 0), Urgency.OPENING, 4)).isPresent();
    }

    @Test
    void nothingWaitsWhileBudgetIsLeftHoweverManyServicesCalledInTheHour() {
        assertThat(pace(new CallUse(4, 950, 4, 43, 1, 22))).isEqualTo(Pace.NONE);
        assertThat(pace(new CallUse(100, 3_400, 5, 34, 40, 100))).isEqualTo(Pace.NONE);
    }

    @Test
    void serviceThatChangesAllTheTimeGathersForLessThanTwoSeconds() {
        Pace burst = pace(new CallUse(30, 100, 30, 100, 3, 3));
        assertThat(burst.opening()).isEqualTo(Duration.ofMillis(1_900));
        assertThat(burst.closing()).as("with the provider's own time below two seconds").isEqualTo(Duration.ofMillis(1_500));
        assertThat(burst.expiring()).isEqualTo(burst.closing());
        assertThat(burst.scarce()).isFalse();
        Pace more = pace(new CallUse(80, 200, 40, 70, 3, 3));
        assertThat(more.closing()).as("where a fifth of the minute is used").isEqualTo(more.opening()).isEqualTo(burst.opening());
        assertThat(more.expiring()).as("expired accesses close within two seconds all the same").isEqualTo(burst.closing());
        assertThat(pace(new CallUse(105, 200, 40, 70, 3, 3)).expiring()).isEqualTo(burst.closing());
        Pace busy = pace(new CallUse(120, 200, 40, 70, 3, 3));
        assertThat(busy.closing()).isEqualTo(burst.opening());
        assertThat(busy.expiring()).as("where nearly half of the minute is used").isEqualTo(burst.opening().multipliedBy(2));
    }

    @Test
    void scarceBudgetIsSpreadOverTheServicesThatChangeNowAndClosingsBeginSooner() {
        Pace ten = pace(new CallUse(60, 4_000, 8, 400, 10, 10));
        assertThat(ten.scarce()).isTrue();
        assertThat(ten.opening()).isGreaterThan(Duration.ofSeconds(10)).isLessThanOrEqualTo(Duration.ofSeconds(60));
        assertThat(ten.closing()).isLessThanOrEqualTo(ten.opening());
        assertThat(ten.opening().toMillis() % 1_900).as("all services change at the same moments").isZero();
        assertThat(pace(new CallUse(8, 4_000, 8, 400, 1, 100)).closing()).as("alone").isLessThan(ten.closing());
    }

    @Test
    void paceFollowsFromWhatChangesCost() {
        RecentCalls cheap = measured(2);
        RecentCalls dear = measured(6);
        State state = new State(new CallUse(60, 4_000, 8, 400, 10, 10), OptionalDouble.empty(), 0);
        assertThat(SHARE.pace(state, dear, NOW).interval()).isGreaterThan(SHARE.pace(state, cheap, NOW).interval().multipliedBy(2));
    }

    @Test
    void sustainableRateNeverUsesUpTheBudget() {
        RecentCalls burst = new RecentCalls(Duration.ofHours(1));
        for (int at = 0; at < 3_000; at++) {
            burst.called(false, NOW.minusSeconds(600).plusMillis(at * 200L));
        }
        double rate = burst.sustainable(1_700, 3_000, NOW);
        assertThat(rate).as("nothing leaves the hour for 50 minutes").isBetween(1_700 / 3_120.0, 1_700 / 2_900.0);
        assertThat(burst.until(1_000, NOW)).isBetween(Duration.ofMinutes(52), Duration.ofMinutes(56));
        assertThat(new RecentCalls(Duration.ofHours(1)).sustainable(0, 3_600, NOW)).as("what others use leaves evenly").isZero();
        assertThat(new RecentCalls(Duration.ofHours(1)).sustainable(900, 3_600, NOW)).isGreaterThan(1.1);
    }

    private static RecentCalls measured(int callsPerChange) {
        RecentCalls recent = new RecentCalls(Duration.ofHours(1));
        for (int change = 0; change < 100; change++) {
            recent.changed(NOW.minusSeconds(change));
            for (int call = 0; call < callsPerChange; call++) {
                recent.called(false, NOW.minusSeconds(change));
            }
        }
        return recent;
    }

    private static Optional<Duration> wait(CallUse use, Urgency urgency) {
        return SHARE.waitFor(new State(use, OptionalDouble.empty(), 0), urgency, 4);
    }

    private static Pace pace(CallUse use) {
        return SHARE.pace(new State(use, OptionalDouble.empty(), 0), new RecentCalls(Duration.ofHours(1)), NOW);
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
    void accessOfALiveOpeningIsExplained() {
        Access one = Examples.tcp(5432, "203.0.113.7");
        Access other = Examples.tcp(5432, "203.0.113.8");
        Opening closing = new Opening.Closing(Examples.granted(one), Examples.NOW, java.util.Optional.of("revoked"));
        assertThat(LimitRemovals.unexplained(List.of(Examples.shown("a", "postern-shop-db-1", Set.of(one, other))), List.of(closing))).containsExactly(other);
    }
}
