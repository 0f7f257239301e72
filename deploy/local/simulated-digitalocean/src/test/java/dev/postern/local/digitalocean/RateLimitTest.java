// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 5,000 requests in a sliding hour, 250 in a minute, told in headers. */
class RateLimitTest {
    private static final long START_SECONDS = 1_800_000_000L;

    private final AtomicLong clock = new AtomicLong(START_SECONDS * 1_000_000);
    private SimulatedDigitalOcean simulation;
    private Client client;

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.likeTheCloud().withClock(clock::get));
        client = new Client(simulation);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void everyAnswerTellsTheHoursLimitWhatIsLeftOfItAndWhenTheOldestCallExpires() {
        client.get("/v2/account");
        clock.addAndGet(10_000_000);
        Client.Reply second = client.get("/v2/no-such-thing");
        assertThat(second.status()).isEqualTo(404);
        assertThat(second.header("ratelimit-limit")).isEqualTo("5000");
        assertThat(second.header("ratelimit-remaining")).isEqualTo("4998");
        assertThat(second.header("ratelimit-reset")).isEqualTo("" + (START_SECONDS + 3_600));
    }

    @Test
    void the251stCallOfAMinuteIsRefusedAndToldWhenToComeBack() {
        for (int at = 0; at < 250; at++) {
            assertThat(client.get("/v2/account").status()).isEqualTo(200);
        }
        clock.addAndGet(20_500_000);
        Client.Reply refused = client.get("/v2/account");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.errorId()).isEqualTo("too_many_requests");
        assertThat(refused.header("retry-after")).isEqualTo("40");
        assertThat(refused.header("ratelimit-remaining")).isEqualTo("4750");

        clock.addAndGet(39_500_000);
        assertThat(client.get("/v2/account").status()).isEqualTo(200);
    }

    @Test
    void theHourSlides() {
        simulation.change(settings -> settings.withLimits(2, 0));
        client.get("/v2/account");
        clock.addAndGet(1_800_000_000L);
        client.get("/v2/account");
        Client.Reply refused = client.get("/v2/account");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("1800");
        assertThat(refused.header("ratelimit-remaining")).isEqualTo("0");

        clock.addAndGet(1_800_000_000L);
        assertThat(client.get("/v2/account").status()).isEqualTo(200);
        assertThat(client.get("/v2/account").status()).describedAs("the second call still counts").isEqualTo(429);
    }

    @Test
    void anUnknownTokenUsesUpNobodysBudget() {
        new Client(simulation.url(), "nobody").get("/v2/account");
        assertThat(client.get("/v2/account").header("ratelimit-remaining")).isEqualTo("4999");
    }

    @Test
    void limitsCanBeLifted() {
        simulation.change(settings -> settings.withLimits(0, 0));
        for (int at = 0; at < 300; at++) {
            assertThat(client.get("/v2/account").status()).isEqualTo(200);
        }
    }
}
