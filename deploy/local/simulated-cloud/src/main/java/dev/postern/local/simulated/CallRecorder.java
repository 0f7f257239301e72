// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest calls, bounded in number and in the size of their bodies. */
public final class CallRecorder {
    private static final long BODY_CHARACTERS_MAX = 32_000_000;

    private final Deque<RecordedCall> calls = new ArrayDeque<>();
    private long total;
    private long characters;

    synchronized void add(RecordedCall call, int most) {
        total++;
        calls.addLast(call);
        characters += characters(call);
        while (calls.size() > most || characters > BODY_CHARACTERS_MAX && calls.size() > 1) {
            characters -= characters(calls.removeFirst());
        }
    }

    private static long characters(RecordedCall call) {
        return (call.requestBody() == null ? 0 : call.requestBody().length()) + (call.answerBody() == null ? 0 : call.answerBody().length());
    }

    /** Oldest first. */
    public synchronized List<RecordedCall> calls() {
        return List.copyOf(calls);
    }

    /** Returns the number of calls since the start, including those no longer kept. */
    public synchronized long total() {
        return total;
    }

    public synchronized void forget() {
        calls.clear();
        total = 0;
        characters = 0;
    }
}
