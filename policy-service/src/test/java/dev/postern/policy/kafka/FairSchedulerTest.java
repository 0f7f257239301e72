// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FairSchedulerTest {
    private final List<String> started = new ArrayList<>();
    private final Map<String, CompletableFuture<Void>> running = new TreeMap<>();
    private final FairScheduler turns = new FairScheduler(4, 2, 100);

    private CompletionStage<Void> add(String owner, String name) {
        return turns.add(owner, () -> {
            started.add(name);
            CompletableFuture<Void> work = new CompletableFuture<>();
            running.put(name, work);
            return work;
        });
    }

    private void end(String name) {
        running.remove(name).complete(null);
    }

    @Test
    void requesterWithManyWaitingRequestsDelaysNobody() {
        for (int each = 0; each < 50; each++) {
            add("flood", "flood-" + each);
        }
        assertThat(started).containsExactly("flood-0", "flood-1");
        add("other", "other-0");
        add("third", "third-0");
        assertThat(started).containsExactly("flood-0", "flood-1", "other-0", "third-0");
    }

    @Test
    void ownersTakeTurns() {
        for (String owner : List.of("a", "b", "c", "d", "e")) {
            add(owner, owner + "-0");
            add(owner, owner + "-1");
        }
        assertThat(started).containsExactly("a-0", "a-1", "b-0", "b-1");
        end("a-0");
        end("a-1");
        end("b-0");
        assertThat(started.subList(4, 7)).containsExactly("c-0", "d-0", "e-0");
        end("b-1");
        end("c-0");
        assertThat(started.subList(7, 9)).containsExactly("c-1", "d-1");
    }

    @Test
    void everyPieceRunsOnceAlsoAfterOneThatFails() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        turns.add("a", () -> {
            throw new IllegalStateException("fails at once");
        });
        for (int each = 0; each < 30; each++) {
            add("a", "a-" + each);
        }
        while (!running.isEmpty()) {
            assertThat(running).hasSizeLessThanOrEqualTo(2);
            all.addAll(running.values());
            running.remove(running.keySet().iterator().next()).completeExceptionally(new IllegalStateException("fails"));
        }
        assertThat(started).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void nextPieceHasToWaitWhereTooManyWait() {
        FairScheduler small = new FairScheduler(1, 1, 2);
        CompletableFuture<Void> first = new CompletableFuture<>();
        assertThat(small.add("a", () -> first).toCompletableFuture()).isCompleted();
        assertThat(small.add("a", CompletableFuture::new).toCompletableFuture()).isCompleted();
        CompletableFuture<Void> room = small.add("a", CompletableFuture::new).toCompletableFuture();
        assertThat(room).isNotDone();
        first.complete(null);
        assertThat(room).isCompleted();
    }
}
