// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import static dev.postern.token.real.Caller.PORTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.local.parts.RealParts;
import dev.postern.token.postgres.RequestChangeNotifications;
import dev.postern.token.real.Caller;
import dev.postern.token.real.Firewall;
import dev.postern.token.real.Policy;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** {@code Prefer: wait=N}: woken by the commit, not by a poll. */
@QuarkusTest
class WaitIT {
    @Inject
    RequestChangeNotifications signals;

    private static CompletableFuture<Response> later(java.util.function.Supplier<Response> call) {
        PORTAL.accessToken();
        return CompletableFuture.supplyAsync(call);
    }

    private void awaitWaiters(int atLeast) {
        await().until(() -> signals.waiters() >= atLeast);
    }

    @Test
    void aRequestThatIsDecidedWithinTheWaitIsAnswered200() throws Exception {
        String id = UUID.randomUUID().toString();
        CompletableFuture<Response> answer = later(() -> PORTAL.calls().header("Prefer", "wait=20").contentType("application/json")
            .body(Caller.opening(id, "203.0.113.60")).post("/access-requests"));
        Policy.grants(id);
        answer.get().then().statusCode(200).header("Preference-Applied", "wait=20").header("Location", org.hamcrest.Matchers.endsWith(id))
            .body("status", equalTo("granted"));
    }

    @Test
    void aRequestThatIsNotDecidedWithinTheWaitIsAnswered202() {
        long start = System.nanoTime();
        PORTAL.calls().header("Prefer", "respond-async, wait=1").contentType("application/json")
            .body(Caller.opening(UUID.randomUUID().toString(), "203.0.113.61")).post("/access-requests")
            .then().statusCode(202).body("status", equalTo("pending"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(950), Duration.ofSeconds(10));
    }

    @Test
    void aLookWaitsForTheNextChangeAndForNoOther() throws Exception {
        String id = PORTAL.isGranted("203.0.113.62");
        String other = PORTAL.isGranted("203.0.113.63");
        int before = signals.waiters();
        CompletableFuture<Response> answer = later(() -> PORTAL.calls().header("Prefer", "wait=20").get("/access-requests/" + id));
        awaitWaiters(before + 1);
        Firewall.shows(other, "203.0.113.63", OpeningState.OPEN);
        await().until(() -> "open".equals(PORTAL.sees(other).path("openings[0].state")));
        assertThat(answer).isNotDone();
        Firewall.shows(id, "203.0.113.62", OpeningState.OPEN);
        answer.get().then().statusCode(200).body("openings[0].state", equalTo("open"));
        await().until(() -> signals.waiters() == before);
    }

    @Test
    void aChangeThatTheCallerHasNotSeenYetIsAnsweredAtOnce() {
        String id = PORTAL.asksFor("203.0.113.64");
        String pending = PORTAL.sees(id).header("ETag");
        Policy.grants(id);
        PORTAL.awaits(id, "granted");
        PORTAL.calls().header("Prefer", "wait=30").header("If-None-Match", pending).get("/access-requests/" + id)
            .then().statusCode(200).body("status", equalTo("granted"));
        PORTAL.calls().header("If-None-Match", PORTAL.sees(id).header("ETag")).get("/access-requests/" + id).then().statusCode(304);
    }

    /** The tag arrives as nginx passes it on when it compresses. An immediate answer would make the client poll without a pause. */
    @Test
    void callerWhoNamesThePresentStateInAnyFormWaits() {
        String id = PORTAL.asksFor("203.0.113.66");
        String etag = PORTAL.sees(id).header("ETag");
        for (String known : List.of(etag, "W/" + etag, "\"x\", " + etag, "*")) {
            long before = System.nanoTime();
            PORTAL.calls().header("Prefer", "wait=1").header("If-None-Match", known).get("/access-requests/" + id).then().statusCode(304);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).as(known).isGreaterThanOrEqualTo(Duration.ofMillis(900));
        }
        PORTAL.calls().delete("/access-requests/" + id).then().statusCode(204);
    }

    @Test
    void settledRequestIsAnsweredWithoutAWait() {
        String id = PORTAL.asksFor("203.0.113.65");
        Policy.denies(id);
        PORTAL.awaits(id, "denied");
        PORTAL.calls().header("Prefer", "wait=60").get("/access-requests/" + id).then().statusCode(200).body("status", equalTo("denied"))
            .header("ETag", startsWith("\""));
    }

    @Test
    void aCommitOfAnotherProcessWakesTheWait() throws Exception {
        String id = PORTAL.isGranted("203.0.113.69");
        int before = signals.waiters();
        CompletableFuture<Response> answer = later(() -> PORTAL.calls().header("Prefer", "wait=50").get("/access-requests/" + id));
        awaitWaiters(before + 1);
        try (Connection replica = RealParts.postgres().superuser("token").connect(); Statement statement = replica.createStatement()) {
            statement.executeUpdate("update access_request set version = 4711 where id = '" + id + "'");
        }
        answer.get(20, TimeUnit.SECONDS).then().statusCode(200).header("ETag", "\"4711\"");
    }

    @Test
    void aWaitOutlivesARestartOfPostgres() throws Exception {
        String id = PORTAL.asksFor("203.0.113.66");
        Policy.heard(id);
        int before = signals.waiters();
        CompletableFuture<Response> answer = later(() -> PORTAL.calls().header("Prefer", "wait=50").get("/access-requests/" + id));
        awaitWaiters(before + 1);
        RealParts.postgres().restart();
        Policy.grants(id);
        answer.get().then().statusCode(200).body("status", equalTo("granted"));
        String next = PORTAL.asksFor("203.0.113.67");
        assertThat(next).isNotNull();
    }

    @Test
    void aWaitThatNobodyUnderstandsIsNoWait() {
        for (String prefer : new String[] {"wait=soon", "wait=-1", "wait", "wait=0", "handling=lenient", "\"", ",,,"}) {
            String id = PORTAL.asksFor("203.0.113.68");
            PORTAL.calls().header("Prefer", prefer).get("/access-requests/" + id).then().statusCode(200);
        }
    }
}
