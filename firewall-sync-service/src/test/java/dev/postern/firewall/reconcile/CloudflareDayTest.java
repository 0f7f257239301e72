// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Busy lists of one account at Cloudflare in virtual time: how long ended accesses stay in while one operation at a time, 1,200 calls in five minutes and
 * 30,000 operations in twelve hours are all there is. Minutes in {@code verify}, days with {@code -Dpostern.simulation.hours=24}. The figures are printed.
 */
class CloudflareDayTest {
    private static final int HOURS = Integer.getInteger("postern.simulation.hours", 0);
    private static final int WRITES = 30_000;
    private static final Duration BOUND = Duration.ofSeconds(30);

    @Test
    void threeBusyListsGoOnClosingAfterTwentySevenMinutes() {
        day(3, HOURS == 0 ? 35 : HOURS * 60, WRITES);
    }

    @Test
    void tenBusyListsCloseEveryAccessWithinThirtySeconds() {
        day(10, HOURS == 0 ? 15 : HOURS * 60, WRITES);
    }

    @Test
    void thirtyBusyListsCloseEveryAccessWithinThirtySeconds() {
        day(30, HOURS == 0 ? 25 : HOURS * 60, WRITES);
    }

    private static void day(int lists, int minutes, int writesPer12Hours) {
        CloudflareWorld world = new CloudflareWorld(lists, writesPer12Hours);
        Random random = new Random(lists);
        long changes = minutes * 3L; // of each list: a grant and an end every 20 s, so a change every 10 s
        for (int list = 1; list <= lists; list++) {
            for (int at = 0; at < changes; at++) {
                int number = at;
                ServiceName service = CloudflareWorld.service(list);
                world.time.after(Duration.ofMillis(at * 20_000L + random.nextInt(10_000)), () -> {
                    Duration lasts = Duration.ofMillis(30_000 + random.nextInt(300_000));
                    AccessRequestId grant = world.grant(service, "20.18." + number / 250 % 250 + "." + (1 + number % 250), lasts);
                    if (number % 2 == 0) {
                        world.time.after(lasts.dividedBy(2), () -> world.end(grant));
                    }
                });
            }
        }
        int gathering = 0;
        long most = 0;
        for (int minute = 0; minute < minutes + 10; minute++) {
            long before = world.cloud.calls;
            world.time.run(Duration.ofMinutes(1));
            gathering += world.cloud.gathering() ? 1 : 0;
            most = Math.max(most, world.cloud.calls - before);
        }
        List<Long> closed = Waits.of(world.tables, OpeningState.CLOSED, world.ended);
        List<Long> opened = Waits.of(world.tables, OpeningState.OPEN, world.granted);
        long longest = closed.get(closed.size() - 1);
        System.out.println(lists + " busy lists, " + minutes + " minutes: " + world.cloud.calls + " calls (at most " + most + " in a minute), "
            + world.cloud.writes + " operations (at most " + world.cloud.operationsOfHalfDayMax + " with " + world.cloud.itemsOfHalfDayMax
            + " items in twelve hours), refused as busy " + world.cloud.refusedBusy + "; gathering in " + gathering + " of the minutes; opened p50 "
            + opened.get(opened.size() / 2) + ", p99 " + opened.get(opened.size() * 99 / 100) + ", at most " + opened.get(opened.size() - 1)
            + " ms; closed p50 " + closed.get(closed.size() / 2) + ", p99 " + closed.get(closed.size() * 99 / 100) + ", at most " + longest
            + " ms; the longest wait for a turn " + world.cloud.longestWait().toMillis() + " ms");
        assertThat(world.broken.stream().limit(3)).isEmpty();
        assertThat(world.cloud.refusedLimit).as("calls and operations beyond the provider's limits").isZero();
        assertThat(world.cloud.closingsKeptBack).as("calls of closings for which no budget was left").isZero();
        assertThat(closed).hasSize((int) (changes * lists));
        assertThat(longest).isLessThanOrEqualTo(BOUND.toMillis());
        assertThat(world.cloud.longestWait()).as("the longest wait of an opening, too").isLessThanOrEqualTo(BOUND.multipliedBy(3));
        assertThat(world.cloud.refusedBusy).isLessThanOrEqualTo((int) (world.cloud.writes / 100) + 1);
    }

    @Test
    void anotherClientsEndlessOperationIsNamedAndClosingsGoOnWhenItEnds() {
        CloudflareWorld world = new CloudflareWorld(3, WRITES);
        AccessRequestId open = world.grant(CloudflareWorld.service(1), "20.18.0.1", Duration.ofSeconds(40));
        AccessRequestId late = world.grant(CloudflareWorld.service(2), "20.18.0.2", Duration.ofMinutes(60));
        world.time.run(Duration.ofSeconds(10));
        world.cloud.foreignOperation(true);
        world.end(late);
        world.time.run(Duration.ofMinutes(5));
        for (int list = 1; list <= 2; list++) {
            assertThat(world.lanes.get(CloudflareWorld.service(list)).outcome.detail()).hasValueSatisfying(why -> assertThat(why)
                .contains("another client's bulk operation is pending in the account, seen first at 2026-").doesNotContain("gather", "budget"));
        }
        assertThat(world.cloud.refusedBusy).as("tries in five minutes").isLessThan(200);
        world.cloud.foreignOperation(false);
        world.time.run(Duration.ofSeconds(5));
        assertThat(Waits.of(world.tables, OpeningState.CLOSED, Map.of(open, world.granted.get(open)))).hasSize(1);
        assertThat(Waits.of(world.tables, OpeningState.CLOSED, Map.of(late, world.granted.get(late)))).hasSize(1);
        assertThat(world.cloud.lists.get(CloudflareWorld.list(1))).isEmpty();
        assertThat(world.cloud.lists.get(CloudflareWorld.list(2))).isEmpty();
    }
}
