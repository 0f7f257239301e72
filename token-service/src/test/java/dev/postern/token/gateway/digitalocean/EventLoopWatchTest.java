// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventLoopWatchTest {
    @Test
    void computationOnALoopIsMeasuredAndWaitingIsNot() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (EventLoopWatch watch = EventLoopWatch.of(vertx)) {
            vertx.<Void>executeBlocking(() -> {
                spin(Duration.ofMillis(200));
                return null;
            }).toCompletionStage().toCompletableFuture().get();
            watch.reset();
            onLoop(vertx, () -> {});
            assertThat(watch.longest()).isLessThan(EventLoopWatch.HELD_MAX);
            watch.check("nothing");
            onLoop(vertx, () -> spin(Duration.ofMillis(120)));
            onLoop(vertx, () -> {});
            assertThat(watch.longest()).isGreaterThan(Duration.ofMillis(100));
            assertThatThrownBy(() -> watch.check("spinning")).isInstanceOf(AssertionError.class).hasMessageContaining("spin");
        } finally {
            vertx.close();
        }
    }

    private static void onLoop(Vertx vertx, Runnable work) throws Exception {
        java.util.concurrent.CompletableFuture<Void> done = new java.util.concurrent.CompletableFuture<>();
        vertx.getOrCreateContext().runOnContext(here -> {
            work.run();
            // A heartbeat has run before a timer that was set later fires.
            vertx.setTimer(20, later -> done.complete(null));
        });
        done.get();
    }

    private static void spin(Duration cpu) {
        java.lang.management.ThreadMXBean threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long end = threads.getCurrentThreadCpuTime() + cpu.toNanos();
        while (threads.getCurrentThreadCpuTime() < end) {
            Thread.onSpinWait();
        }
    }
}
