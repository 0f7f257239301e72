// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of items are asynchronous: one at a time per account, pending, running, completed. Limits go by the clock too. */
class BulkOperationsTest {
    private static final long START = 1_800_000_000_000_000L;
    private static final long DELAY = 500_000;

    private final AtomicLong clock = new AtomicLong(START);
    private SimulatedCloudflare simulation;
    private Client client;
    private String list;

    @BeforeEach
    void start() {
        simulation = SimulatedCloudflare.start(0, Settings.forTests().withBulkOperationDelay(Duration.ofMillis(500)).withClock(clock::get));
        client = new Client(simulation);
        list = client.createList("postern_shop");
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void anOperationIsPendingThenRunningThenCompletedAndItsItemsAreThereOnlyThen() {
        String operation = client.operation("POST", list, "203.0.113.7");
        assertThat(client.status(operation)).isEqualTo("pending");
        clock.addAndGet(DELAY / 2);
        assertThat(client.status(operation)).isEqualTo("running");
        assertThat(client.ips(list)).isEmpty();
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.7").reachable()).isFalse();

        clock.addAndGet(DELAY);
        JsonNode done = client.call("GET", "bulk_operations/" + operation, null).result();
        assertThat(done.get("status").asText()).isEqualTo("completed");
        assertThat(done.get("completed").asText()).isEqualTo(Times.rfc3339(START + DELAY));
        assertThat(done.has("error")).isFalse();
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.7")).isEqualTo(new Reachability(true, START + DELAY));
    }

    @Test
    void whileOneIsPendingASecondIsRefusedInAnyListOfTheAccount() {
        String other = client.createList("other");
        client.operation("POST", list, "203.0.113.7");
        assertThat(client.items("POST", list, "203.0.113.8").status()).isEqualTo(429);
        assertThat(client.items("PUT", other, "203.0.113.8").status()).isEqualTo(429);
        assertThat(client.call("DELETE", list + "/items", "{\"items\":[]}").status()).isEqualTo(429);
        assertThat(client.call("DELETE", other, null).status()).isEqualTo(429);
        assertThat(client.call("GET", list + "/items", null).status()).isEqualTo(200);

        clock.addAndGet(DELAY);
        client.operation("PUT", other, "203.0.113.8");
        clock.addAndGet(DELAY);
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
        assertThat(client.ips(other)).containsExactly("203.0.113.8");
    }

    @Test
    void anAddressThatStaysKeepsItsInstantAndOneThatGoesIsClosedSinceItsOwn() {
        client.operation("PUT", list, "203.0.113.7", "203.0.113.8");
        clock.addAndGet(1_000_000);
        client.operation("PUT", list, "203.0.113.8", "203.0.113.9");
        clock.addAndGet(1_000_000);
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.8")).isEqualTo(new Reachability(true, START + DELAY));
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.9")).isEqualTo(new Reachability(true, START + 1_000_000 + DELAY));
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.7")).isEqualTo(new Reachability(false, START + 1_000_000 + DELAY));
        client.call("DELETE", list, null);
        assertThat(simulation.byHand().reachable("postern_shop", "203.0.113.8")).isEqualTo(new Reachability(false, clock.get()));
    }

    @Test
    void anotherClientsOperationBlocksTheAccountAndChangesNoList() {
        simulation.byHand().occupy(Duration.ofSeconds(60));
        clock.addAndGet(59_000_000);
        assertThat(client.items("PUT", list, "203.0.113.7").status()).isEqualTo(429);
        clock.addAndGet(1_000_000);
        client.operation("PUT", list, "203.0.113.7");
        clock.addAndGet(DELAY);
        assertThat(client.ips(list)).containsExactly("203.0.113.7");
        assertThat(simulation.byHand().lists()).hasSize(1);
    }

    @Test
    void anOperationThatNobodyStartedIsNotFound() {
        assertThat(client.call("GET", "bulk_operations/" + "0".repeat(32), null).status()).isEqualTo(404);
    }

    @Test
    void the1201stRequestOfFiveMinutesBlocksForFiveMinutesAndTheHeadersSayWhatIsLeft() {
        simulation.change(settings -> settings.withLimits(Settings.Limits.DOCUMENTED));
        Client.Reply first = client.call("GET", "", null);
        assertThat(first.header("Ratelimit")).isEqualTo("\"default\";r=1199;t=300");
        assertThat(first.header("Ratelimit-Policy")).isEqualTo("\"default\";q=1200;w=300");
        assertThat(first.header("retry-after")).isNull();
        for (int at = 1; at < 1_200; at++) {
            assertThat(client.call("GET", "", null).status()).isEqualTo(200);
        }
        clock.addAndGet(200_000_000);
        Client.Reply refused = client.call("GET", "", null);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("300");
        assertThat(refused.json().get("success").asBoolean()).isFalse();

        clock.addAndGet(299_000_000);
        assertThat(client.call("GET", "", null).header("retry-after")).describedAs("blocked, though the window is empty").isEqualTo("1");
        clock.addAndGet(1_000_000);
        assertThat(client.call("GET", "", null).status()).isEqualTo(200);
    }

    @Test
    void itemWritesAreLimitedByRequestsAndByItemsInTwelveHours() {
        simulation.change(settings -> settings.withBulkOperationDelay(Duration.ZERO).withLimits(Settings.Limits.NONE.withItemWrites(3, 4)));
        client.operation("POST", list, "203.0.113.1", "203.0.113.2", "203.0.113.3");
        Client.Reply tooManyItems = client.items("POST", list, "203.0.113.4", "203.0.113.5");
        assertThat(tooManyItems.status()).isEqualTo(429);
        assertThat(tooManyItems.header("retry-after")).isEqualTo("43200");
        client.operation("POST", list, "203.0.113.4");
        clock.addAndGet(12 * 3_600_000_000L);
        client.operation("POST", list, "203.0.113.5");
        client.operation("POST", list, "203.0.113.6");
        client.operation("POST", list, "203.0.113.7");
        assertThat(client.items("POST", list, "203.0.113.8").status()).isEqualTo(429);
    }
}
