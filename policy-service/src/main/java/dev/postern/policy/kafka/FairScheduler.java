// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Runs pieces of work a few at a time, the owners in turn: an owner with a thousand waiting pieces delays another owner's piece by those that are
 * running, not by those that wait. One owner never takes all places.
 */
final class FairScheduler {
    private final int runningMax;
    private final int runningPerOwnerMax;
    private final int waitingMax;
    /** The owners with waiting work; the next turn is the first's. */
    private final Map<String, Queue<Supplier<CompletionStage<Void>>>> waiting = new LinkedHashMap<>();
    private final Map<String, Integer> runningByOwner = new HashMap<>();
    private int running;
    private int waitingCount;
    private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

    FairScheduler(int runningMax, int runningPerOwnerMax, int waitingMax) {
        this.runningMax = runningMax;
        this.runningPerOwnerMax = runningPerOwnerMax;
        this.waitingMax = waitingMax;
    }

    private record ScheduledWork(String owner, Supplier<CompletionStage<Void>> work) {}

    /**
     * Adds a piece of work, which starts when it is its owner's turn.
     *
     * @param work starts it; done when the stage is, however it ends
     * @return done when the next piece may be added
     */
    CompletionStage<Void> add(String owner, Supplier<CompletionStage<Void>> work) {
        CompletionStage<Void> mayAddNext;
        synchronized (this) {
            waiting.computeIfAbsent(owner, ignored -> new ArrayDeque<>()).add(work);
            waitingCount++;
            if (waitingCount >= waitingMax && room.isDone()) {
                room = new CompletableFuture<>();
            }
            mayAddNext = room;
        }
        startWhatMay();
        return mayAddNext;
    }

    private void startWhatMay() {
        for (ScheduledWork turn = next(); turn != null; turn = next()) {
            String owner = turn.owner();
            CompletionStage<Void> done;
            try {
                done = turn.work().get();
            } catch (RuntimeException failure) {
                done = CompletableFuture.failedFuture(failure);
            }
            done.whenComplete((nothing, failure) -> {
                ended(owner);
                startWhatMay();
            });
        }
    }

    private ScheduledWork next() {
        CompletableFuture<Void> free = null;
        ScheduledWork turn = null;
        synchronized (this) {
            Iterator<String> owners = waiting.keySet().iterator();
            while (turn == null && running < runningMax && owners.hasNext()) {
                String owner = owners.next();
                if (runningByOwner.getOrDefault(owner, 0) < runningPerOwnerMax) {
                    turn = new ScheduledWork(owner, waiting.get(owner).remove());
                }
            }
            if (turn != null) {
                running++;
                runningByOwner.merge(turn.owner(), 1, Integer::sum);
                Queue<Supplier<CompletionStage<Void>>> rest = waiting.remove(turn.owner());
                if (!rest.isEmpty()) {
                    waiting.put(turn.owner(), rest);
                }
                waitingCount--;
                if (waitingCount < waitingMax && !room.isDone()) {
                    free = room;
                }
            }
        }
        if (free != null) {
            free.complete(null);
        }
        return turn;
    }

    private synchronized void ended(String owner) {
        running--;
        runningByOwner.computeIfPresent(owner, (ignored, count) -> count == 1 ? null : count - 1);
    }
}
