// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bounds the time to find other clients' additions to lists while the account is busy, in virtual time: a cached read of a list has a maximum age. */
class CloudflareDriftTest {
    private static final String STRANGER = "198.51.100.99";

    @Test
    void strangersAdditionToABusyListIsToldWithinAMinute() {
        CloudflareWorld world = new CloudflareWorld(4, 30_000);
        change(world, 3, Duration.ofMinutes(10));
        for (int times = 0; times < 6; times++) {
            world.time.run(Duration.ofMillis(70_000 + 1_237L * times));
            int list = 1 + times % 3;
            strangerAdds(world, list);
            assertThat(gone(world, list, Duration.ofSeconds(60))).as("gone from list %s", list).isTrue();
            assertThat(told(world, list)).as("told of list %s", list).isEqualTo(1 + times / 3);
        }
    }

    @Test
    void strangersAdditionsAreFoundWithinTwoMinutesWhereThirtyListsUseUpTheLimits() {
        CloudflareWorld world = new CloudflareWorld(31, 30_000);
        change(world, 30, Duration.ofMinutes(16));
        world.time.run(Duration.ofMinutes(14));
        assertThat(world.cloud.gathering()).isTrue();
        strangerAdds(world, 31);
        strangerAdds(world, 1);
        assertThat(gone(world, 31, Duration.ofMinutes(2))).as("gone from the quiet list").isTrue();
        assertThat(told(world, 31)).as("told of the quiet list").isEqualTo(1);
        assertThat(gone(world, 1, Duration.ofSeconds(1))).as("gone from a busy list").isTrue();
    }

    @Test
    void ownChangesAreNeverTakenForSomebodyElses() {
        CloudflareWorld world = new CloudflareWorld(10, 30_000);
        change(world, 10, Duration.ofMinutes(8));
        world.time.run(Duration.ofMinutes(12));
        assertThat(world.tables.published.stream().flatMap(event -> event.drift().stream())).isEmpty();
    }

    @Test
    void closedIsSaidOfWhatTheItemsShowAndNotOfACompletedOperationWhileCallsAreLeft() {
        CloudflareWorld world = new CloudflareWorld(1, 30_000);
        AccessRequestId grant = world.grant(CloudflareWorld.service(1), "20.18.0.7", Duration.ofMinutes(10));
        world.time.run(Duration.ofSeconds(5));
        assertThat(world.cloud.lists.get(CloudflareWorld.list(1))).containsExactly("20.18.0.7");
        List<String> wrong = new ArrayList<>();
        world.tables.told = (service, change) -> {
            if (change.state() == OpeningState.CLOSED && !world.cloud.lists.get(CloudflareWorld.list(1)).isEmpty()) {
                wrong.add(world.time.now() + " " + change);
            }
        };
        world.cloud.withoutEffect = 2;
        world.end(grant);
        world.time.run(Duration.ofSeconds(20));
        assertThat(wrong).isEmpty();
        assertThat(world.cloud.lists.get(CloudflareWorld.list(1))).isEmpty();
        assertThat(Waits.of(world.tables, OpeningState.CLOSED, world.ended)).hasSize(1);
    }

    private static void change(CloudflareWorld world, int lists, Duration length) {
        Random random = new Random(lists);
        for (int list = 1; list <= lists; list++) {
            ServiceName service = CloudflareWorld.service(list);
            for (int at = 0; at < length.toSeconds() / 20; at++) {
                int number = at;
                world.time.after(Duration.ofMillis(at * 20_000L + random.nextInt(10_000)),
                    () -> world.grant(service, "20.18." + number / 250 + "." + (1 + number % 250), Duration.ofMillis(30_000 + random.nextInt(200_000))));
            }
        }
    }

    private static void strangerAdds(CloudflareWorld world, int list) {
        Set<String> items = new LinkedHashSet<>(world.cloud.lists.get(CloudflareWorld.list(list)));
        items.add(STRANGER);
        world.cloud.lists.put(CloudflareWorld.list(list), items);
    }

    private static boolean gone(CloudflareWorld world, int list, Duration within) {
        Instant until = world.time.now().plus(within);
        while (world.cloud.lists.get(CloudflareWorld.list(list)).contains(STRANGER) && world.time.now().isBefore(until)) {
            world.time.run(Duration.ofMillis(100));
        }
        boolean gone = !world.cloud.lists.get(CloudflareWorld.list(list)).contains(STRANGER);
        world.time.run(Duration.ofSeconds(5));
        return gone;
    }

    /** Returns how often the address was told of as drift of the list's service. */
    private static long told(CloudflareWorld world, int list) {
        List<FirewallChanged> events = world.tables.published;
        return events.stream().filter(event -> event.service().equals(CloudflareWorld.service(list))).flatMap(event -> event.drift().stream())
            .filter(line -> line.contains(STRANGER)).count();
    }
}
