// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In what order an account's bulk operations begin. */
class BulkOperationQueueTest {
    private static final ServiceName A = new ServiceName("a");
    private static final ServiceName B = new ServiceName("b");
    private static final ServiceName C = new ServiceName("c");

    private final List<ServiceName> called = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-28T08:00:00Z");
    private Duration interval = Duration.ZERO;
    private final List<Runnable> timers = new ArrayList<>();
    private final BulkOperationQueue queue = queue(0);

    private BulkOperationQueue queue(int perHalfDay) {
        BulkOperationQueue made = new BulkOperationQueue(() -> now, (wait, work) -> {
            if (wait.isZero()) {
                work.run();
            } else {
                timers.add(work);
            }
        }, () -> interval, perHalfDay, 0);
        made.onTurn(called::add);
        return made;
    }

    @Test
    void secondOperationBeginsWhenTheFirstIsSeenToEnd() {
        assertThat(queue.request(A, false)).isEmpty();
        queue.begun(A, 0);
        assertThat(queue.request(B, false)).hasValueSatisfying(wait -> assertThat(wait.why()).contains("that of a is under way"));
        assertThat(called).isEmpty();
        queue.ended(A);
        assertThat(called).containsExactly(B);
        assertThat(queue.request(B, false)).isEmpty();
    }

    @Test
    void closingGoesBeforeAnOpeningThatCameALittleEarlierButNotBeforeOneThatHasWaited() {
        queue.request(A, true);
        queue.begun(A, 0);
        queue.request(B, false);
        now = now.plusSeconds(3);
        queue.request(C, true);
        queue.ended(A);
        assertThat(called).containsExactly(C);
        queue.request(C, true);
        queue.begun(C, 0);
        now = now.plusSeconds(4);
        queue.request(A, true);
        queue.ended(C);
        assertThat(called).containsExactly(C, B);
    }

    @Test
    void serviceThatWasCalledAndDoesNotComeIsPassedOver() {
        queue.request(A, true);
        queue.begun(A, 0);
        queue.request(B, true);
        queue.request(C, true);
        queue.ended(A);
        now = now.plusSeconds(2);
        List.copyOf(timers).forEach(Runnable::run);
        assertThat(called).containsExactly(B, C);
    }

    @Test
    void foreignOperationIsNamedAndTriedAgainAtMostEveryTwoSeconds() {
        for (int attempt = 0; attempt < 10; attempt++) {
            assertThat(queue.request(A, true)).isEmpty();
            queue.refused(A, BulkOperationQueue.Refusal.OTHER_PENDING);
            assertThat(queue.request(A, true)).hasValueSatisfying(wait -> assertThat(wait.why())
                .contains("another client's bulk operation is pending", "2026-11-28T08:00:00Z"));
            now = now.plusSeconds(2);
        }
    }

    @Test
    void operationsBeginNoFasterThanTheBudgetOfCallsAllows() {
        interval = Duration.ofSeconds(4);
        queue.request(A, true);
        queue.begun(A, 0);
        queue.ended(A);
        now = now.plusSeconds(3);
        assertThat(queue.request(B, true)).isPresent();
        now = now.plusSeconds(1);
        assertThat(queue.request(B, true)).isEmpty();
    }

    @Test
    void operationsOfTwelveHoursAreGivenOutEvenlyButForAFewAtOnce() {
        BulkOperationQueue limited = queue(30_000);
        int begun = 0;
        Instant end = now.plus(Duration.ofHours(12));
        while (now.isBefore(end)) {
            if (limited.request(A, true).isEmpty()) {
                limited.begun(A, 0);
                limited.ended(A);
                begun++;
            }
            now = now.plusMillis(500);
        }
        assertThat(begun).isBetween(27_000, 30_000);
    }

    @Test
    void serviceThatHasNothingToChangeAnyMoreCostsNobodyATurn() {
        queue.request(A, true);
        queue.begun(A, 0);
        queue.request(B, true);
        queue.request(C, true);
        queue.ended(A);
        queue.leave(B);
        assertThat(called).containsExactly(B, C);
        assertThat(queue.request(C, true)).isEmpty();
    }

    @Test
    void turnThatOurOwnBudgetKeptBackGoesToTheNextService() {
        queue.request(A, false);
        queue.request(B, true);
        queue.refused(A, BulkOperationQueue.Refusal.KEPT_BACK);
        assertThat(called).contains(B);
        assertThat(queue.request(B, true)).isEmpty();
        assertThat(queue.request(A, false)).as("later").isPresent();
    }

    @Test
    void secondBodyOfARefusedChangeIsSentInTheSameTurn() {
        queue.request(A, true);
        queue.request(B, true);
        queue.refused(A, BulkOperationQueue.Refusal.FAILED);
        assertThat(called).isEmpty();
        assertThat(queue.request(A, true)).isEmpty();
        now = now.plusSeconds(2);
        List.copyOf(timers).forEach(Runnable::run);
        assertThat(called).containsExactly(B);
    }

    @Test
    void ownOperationThatDoesNotEndIsNamedAsOwn() {
        queue.request(A, true);
        queue.begun(A, 0);
        now = now.plusSeconds(61);
        assertThat(queue.request(B, true)).isEmpty();
        queue.refused(B, BulkOperationQueue.Refusal.OTHER_PENDING);
        assertThat(queue.request(B, true)).hasValueSatisfying(wait -> assertThat(wait.why())
            .contains("the bulk operation of a that began at 2026-11-28T08:00:00Z is still pending"));
    }

    @Test
    void placeInTheOrderSurvivesARefusal() {
        queue.request(A, true);
        queue.refused(A, BulkOperationQueue.Refusal.OTHER_PENDING);
        now = now.plusSeconds(1);
        assertThat(queue.request(B, true)).as("came later").isPresent();
        assertThat(called).containsExactly(A);
    }

    @Test
    void closingsGatherBelowHalfOfWhatMayBeUsedAtOnceAndEndWithinThirtySeconds() {
        BulkOperationQueue limited = queue(30_000);
        while (!limited.gathering()) {
            limited.request(A, true);
            limited.begun(A, 0);
            limited.ended(A);
        }
        for (int more = 0; more < 140; more++) {
            limited.begun(A, 0);
            limited.ended(A);
        }
        assertThat(limited.request(B, true)).hasValueSatisfying(wait -> assertThat(wait.why()).startsWith("changes gather so that Cloudflare's limits"));
        now = now.plusSeconds(20);
        assertThat(limited.request(B, true)).isPresent();
        now = now.plusMillis(8_400);
        assertThat(limited.request(B, true)).as("28.4 s after it was asked first").isEmpty();
    }

    @Test
    void itemsOfLargeListsCountTowardsTheirOwnLimit() {
        BulkOperationQueue items = new BulkOperationQueue(() -> now, (wait, work) -> timers.add(work), () -> Duration.ZERO, 0, 1_000_000);
        assertThat(items.request(A, true)).isEmpty();
        items.begun(A, 20_000);
        items.ended(A);
        assertThat(items.gathering()).isFalse();
        for (int change = 0; change < 12; change++) {
            items.begun(A, 20_000);
            items.ended(A);
        }
        assertThat(items.gathering()).isTrue();
        assertThat(items.request(A, true)).isPresent();
    }
}
