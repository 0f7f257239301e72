// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.timer;

import static dev.postern.token.real.Caller.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.postern.events.AccessEnded;
import dev.postern.events.TokenRevoked;
import dev.postern.token.real.Events;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Grants end when their time is over. */
@QuarkusTest
class ExpiryIT {
    @Test
    void aGrantEndsWithinASecondOfItsTimeAndItsTokenWithIt() {
        String id = PORTAL.asksFor("203.0.113.70");
        Instant end = Policy.grants(id, Duration.ofSeconds(2)).validUntil().orElseThrow();
        PORTAL.awaits(id, "granted");
        String secret = PORTAL.collects(id);

        AccessEnded ended = Events.one(AccessEnded.class, event -> event.requestId().toString().equals(id));
        assertThat(ended.cause()).isEqualTo(AccessEnded.Cause.EXPIRED);
        assertThat(Duration.between(end, ended.endedAt())).isBetween(Duration.ofMillis(-1), Duration.ofSeconds(1));
        assertThat(Events.one(TokenRevoked.class, event -> event.requestId().toString().equals(id)).cause()).isEqualTo(TokenRevoked.Cause.EXPIRED);
        PORTAL.sees(id).then().body("status", equalTo("ended")).body("end.cause", equalTo("expired"));
        PORTAL.calls().formParam("token", secret).post("/oauth2/introspect").then().body("active", equalTo(false));
        PORTAL.calls().post("/access-requests/" + id + "/token").then().statusCode(409);
    }

    @Test
    void aGrantThatWasOverWhenItCameEndsAtOnce() {
        String id = PORTAL.asksFor("203.0.113.71");
        Policy.grants(id, Duration.ofSeconds(-5));
        PORTAL.awaits(id, "ended").then().body("end.cause", equalTo("expired"));
    }

    @Test
    void moreThanOneBatchEndsEachOnce() {
        List<String> ids = IntStream.range(0, 120).mapToObj(n -> PORTAL.asksFor("198.51.100." + n)).toList();
        ids.forEach(id -> Policy.grants(id, Duration.ofSeconds(1)));
        await().atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(Events.all(AccessEnded.class, event -> ids.contains(event.requestId().toString()))).hasSize(ids.size()));
    }
}
